// What the product is made of, as CycloneDX 1.5: the program's libraries as Debian packages (with
// versions and licences as installed), the headers built in, and the packages in the pages.
//   tools/sbom [PROGRAM] > sbom.cdx.json     PROGRAM: build/release/evenhand
// Fails when a library belongs to no package, or a package is not pinned.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const program = process.argv[2] ?? join(ROOT, 'build/release/evenhand');
const run = (name, ...args) => {
  const done = spawnSync(name, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (done.status !== 0) fail(`${name} ${args.join(' ')}: ${done.error ?? done.stderr}`);
  return done.stdout;
};
function fail(text) {
  console.error(`tools/sbom: ${text}`);
  process.exit(1);
}
if (!existsSync(program)) fail(`${program} is not there: build it first (./run --no-serve)`);

// Libraries that are in no package of their own at run time: built in from their headers.
const HEADERS = ['libboost1.81-dev', 'libcli11-dev', 'liblemon-dev', 'libtomlplusplus-dev'];

function packageOf(path) {
  // Files of before the merge of /usr are known by their old place.
  for (const one of [realpathSync(path), path, realpathSync(path).replace(/^\/usr/, '')]) {
    const done = spawnSync('dpkg-query', ['-S', one], { encoding: 'utf8' });
    if (done.status === 0) return done.stdout.split(': ')[0].split(',')[0];
  }
  return fail(`${path} belongs to no package`);
}

function licencesOf(name) {
  const file = `/usr/share/doc/${name.replace(/:.*/, '')}/copyright`;
  if (!existsSync(file)) return [];
  const found = [...readFileSync(file, 'utf8').matchAll(/^License: *(\S.*)$/gm)].map((m) => m[1].trim());
  return [...new Set(found)].sort();
}

function debian(name) {
  const [version, arch, source] = run('dpkg-query', '-W', '-f', '${Version}\t${Architecture}\t${source:Package}', name).split('\t');
  const plain = name.replace(/:.*/, '');
  const licences = licencesOf(name);
  return {
    type: 'library', 'bom-ref': `deb:${plain}`, name: plain, version,
    purl: `pkg:deb/debian/${plain}@${encodeURIComponent(version)}?arch=${arch}&distro=debian-12`,
    ...(licences.length && { licenses: licences.map((one) => ({ license: { name: one } })) }),
    properties: [{ name: 'debian:source', value: source }],
  };
}

// Only what goes into the pages: what builds them is not delivered.
function pages() {
  const lock = JSON.parse(readFileSync(join(ROOT, 'web/package-lock.json'), 'utf8'));
  return Object.entries(lock.packages).filter(([path, one]) => path && !one.dev && !one.link).map(([path, one]) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (!one.integrity) fail(`${name} is not pinned by a hash in web/package-lock.json`);
    const [algorithm, sum] = one.integrity.split(' ')[0].split(/-(.*)/s);
    return {
      type: 'library', 'bom-ref': `npm:${path}`, name, version: one.version,
      purl: `pkg:npm/${name.replace('@', '%40')}@${one.version}`,
      hashes: [{ alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(sum, 'base64').toString('hex') }],
      ...(one.license && { licenses: [{ license: { name: one.license } }] }),
    };
  });
}

const libraries = [...run('ldd', program).matchAll(/=> (\/\S+)|^\s+(\/\S+ld-\S+)/gm)].map((m) => m[1] ?? m[2]);
if (libraries.length === 0) fail(`${program} has no libraries: is it a program?`);
const packages = [...new Set([...libraries.map(packageOf), ...HEADERS])].sort();
const components = [...packages.map(debian), ...pages()];
const bytes = readFileSync(program);
console.log(JSON.stringify({
  bomFormat: 'CycloneDX', specVersion: '1.5', version: 1,
  metadata: {
    component: { type: 'application', 'bom-ref': 'evenhand', name: 'evenhand',
      version: run(program, '--version').trim().split(' ').at(-1),
      hashes: [{ alg: 'SHA-256', content: createHash('sha256').update(bytes).digest('hex') }] },
  },
  components,
  dependencies: [{ ref: 'evenhand', dependsOn: components.map((one) => one['bom-ref']) }],
}, null, 2));
