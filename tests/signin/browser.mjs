// The same in a real browser, with the provider's own pages; errors in Chinese.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './place.mjs';

export async function walk({ check, must, house, startProvider, oidc, ldap, freePort }) {
  const web = process.env.EVENHAND_WEB ?? join(ROOT, 'web/dist');
  if (!existsSync(join(web, 'index.html'))) {
    await check('the pages are built for the browser', () => must(false, 'run tools/web build first'));
    return;
  }
  const { axe_faults, open_browser } = await import('../e2e/browser.mjs');
  const port = await freePort();
  await startProvider([`http://127.0.0.1:${port}/sign-in/provider`]);
  const at = await house(`passwords = "admins"\n${ldap()}${oidc(port)}`, { port, options: [] });
  const { page, context, problems, close } = await open_browser();
  const pictures = join(process.env.EVENHAND_E2E_DIR ?? join(ROOT, 'build/e2e'), 'screenshots');
  mkdirSync(pictures, { recursive: true });
  const signIn = async (name) => {
    await page.goto(`${at.base}/sign-in?next=%2Fown-security`);
    await page.getByRole('button', { name: '用单位账号登录' }).click();
    await page.waitForURL((url) => url.pathname.startsWith('/interaction/'));
    await page.fill('input[name=login]', name);
    await page.fill('input[name=password]', 'any');
    await page.click('button[type=submit]');
    await page.waitForLoadState();
    await page.click('button[type=submit]');  // consent
  };
  try {
    await check('browser: the sign-in page offers the provider, without a fault for anybody', async () => {
      await page.goto(`${at.base}/sign-in`);
      await page.getByRole('button', { name: '用单位账号登录（统一身份认证）' }).waitFor();
      await page.screenshot({ path: join(pictures, 'sign-in-provider-desk.png') });
      const { grave } = await axe_faults(page);
      must(grave.length === 0, grave.join('\n'));
    });
    await check('browser: through the provider’s pages to where one wanted to go; no code stays in the address', async () => {
      await signIn('wang.fang');
      await page.waitForURL(`${at.base}/own-security`);
      await page.getByText('密码由单位管理').waitFor();
      const cookies = await context.cookies(at.base);
      const session = cookies.find((one) => one.name === 'evenhand_session');
      must(session?.httpOnly && session.sameSite === 'Strict', JSON.stringify(cookies));
      must(!cookies.some((one) => one.name === 'evenhand_provider'), 'the provider’s cookie is left');
    });
    await check('browser: who may not work here is told so in Chinese', async () => {
      await context.clearCookies();
      await signIn('zhao.lei');
      await page.getByText('不在可以使用本系统的组里').waitFor();
      await page.screenshot({ path: join(pictures, 'sign-in-refused-desk.png') });
      must(new URL(page.url()).search === '', page.url());
    });
    await check('browser: cancelled at the provider, and a link somebody else made', async () => {
      await context.clearCookies();
      await page.goto(`${at.base}/sign-in/provider?error=access_denied&state=x`);
      await page.getByText('取消了登录').waitFor();
      await page.goto(`${at.base}/sign-in/provider?code=stolen&state=${'a'.repeat(64)}`);
      await page.getByText('不是在这个浏览器开始的').waitFor();
      await page.goto(`${at.base}/sign-in?next=%2F%2Fevil.example`);
      await page.fill('#user_name', 'admin');
      await page.fill('#password', at.password);
      await page.keyboard.press('Enter');
      await page.waitForURL(`${at.base}/password`);
    });
    await check('browser: nothing broke on the way', () => {
      // The provider's pages ask for letters on the network, which a test has not.
      const ours = problems.filter((one) => !one.includes('net::ERR_'));
      must(ours.length === 0, ours.join('\n'));
    });
  } finally {
    await close();
    await at.stop();
  }
}
