// A real slapd, as this test's own process, on ports of its own.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, run, start } from './place.mjs';

export const SUFFIX = 'dc=bank,dc=example';
const ROOT_DN = `cn=root,${SUFFIX}`;
const ROOT_PASSWORD = 'root-of-the-test';
export const SERVICE_PASSWORD = 'service-of-the-test';
export const person = (uid) => `uid=${uid},ou=people,${SUFFIX}`;
export const group = (name) => `cn=${name},ou=groups,${SUFFIX}`;

const entry = (dn, lines) => [`dn: ${dn}`, ...lines, '', ''].join('\n');
const base64 = (text) => Buffer.from(text).toString('base64');

export function personEntry(uid, name, password) {
  return entry(person(uid), ['objectClass: inetOrgPerson', `uid: ${uid}`, `cn:: ${base64(name)}`, `sn:: ${base64(name)}`,
    `userPassword:: ${base64(password)}`]);
}
const groupEntry = (name, members) =>
  entry(group(name), ['objectClass: groupOfNames', `cn: ${name}`, ...members.map((uid) => `member: ${person(uid)}`)]);

export class Directory {
  static async start(folder, tls) {
    const directory = new Directory();
    const home = join(folder, 'slapd');
    mkdirSync(join(home, 'data'), { recursive: true });
    directory.plain = await freePort();
    directory.secure = await freePort();
    writeFileSync(join(home, 'slapd.conf'), `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile ${home}/slapd.pid
TLSCACertificateFile ${tls.ca}
TLSCertificateFile ${tls.certificate}
TLSCertificateKeyFile ${tls.key}
# As careless as directories are: it lets a bind without a password through as nobody.
allow bind_anon_cred bind_anon_dn
database mdb
suffix "${SUFFIX}"
rootdn "${ROOT_DN}"
rootpw ${ROOT_PASSWORD}
directory ${home}/data
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
`);
    // By number: for `localhost` libldap asks for a certificate of the machine's own name. The last
    // is an address that the certificate does not speak of.
    directory.urls = { plain: `ldap://127.0.0.1:${directory.plain}`, secure: `ldaps://127.0.0.1:${directory.secure}`,
      misnamed: `ldaps://127.0.0.2:${directory.secure}` };
    const probe = ['-x', '-H', directory.urls.plain, '-s', 'base', '-b', '', '-LLL', '1.1'];
    directory.process = await start('/usr/sbin/slapd',
      ['-d', '0', '-f', join(home, 'slapd.conf'), '-h', Object.values(directory.urls).join(' ')],
      () => { try { run('ldapsearch', probe); return true; } catch { return false; } });
    directory.change(entry(SUFFIX, ['objectClass: dcObject', 'objectClass: organization', 'dc: bank', 'o: bank']) +
      ['people', 'groups', 'services'].map((ou) => entry(`ou=${ou},${SUFFIX}`, ['objectClass: organizationalUnit', `ou: ${ou}`])).join('') +
      entry(`cn=evenhand,ou=services,${SUFFIX}`, ['objectClass: organizationalRole', 'objectClass: simpleSecurityObject',
        'cn: evenhand', `userPassword: ${SERVICE_PASSWORD}`]) +
      personEntry('li.ming', '李明', 'li-ming-password') + personEntry('wang.fang', '王芳', 'wang-fang-password') +
      personEntry('zhao.lei', '赵磊', 'zhao-lei-password') + personEntry('admin', '别处的管理员', 'elsewhere-admin-password') +
      groupEntry('collectors', ['li.ming', 'admin']) + groupEntry('leads', ['wang.fang']) + groupEntry('canteen', ['zhao.lei']), '-a');
    return directory;
  }

  // LDIF: `-a` adds its entries, otherwise it holds changes.
  change(ldif, ...options) {
    run('ldapmodify', ['-x', '-H', this.urls.plain, '-D', ROOT_DN, '-w', ROOT_PASSWORD, ...options], { input: ldif });
  }

  move(uid, from, to) {
    this.change(`dn: ${group(to)}\nchangetype: modify\nadd: member\nmember: ${person(uid)}\n\n` +
      `dn: ${group(from)}\nchangetype: modify\ndelete: member\nmember: ${person(uid)}\n`);
  }

  remove(uid) {
    this.change(`dn: ${person(uid)}\nchangetype: delete\n`);
  }

  stop() {
    return this.process.stop();
  }
}
