// The flood of run.mjs: strangers' requests from sixty addresses at a steady rate, one signed-in user
// with fifty requests always under way, and slow clients. Told by message what to do; tells what came.
import { Agent, request } from 'node:http';
import { connect } from 'node:net';

const WORDS = [
  ['GET', '/'], ['GET', '/api/v1/session'], ['GET', '/api/v1/cases?q=a', 'evenhand_session=made-up'], ['GET', '/api/v1/health'],
  ['POST', '/api/v1/session', null, '{"user_name":"admin","password":"guess"}'], ['GET', '/assets/none.js'],
];

process.on('message', async ({ port, per_s, slow, seconds, cookie }) => {
  const told = { sent: 0, good: 0, refused: 0, cut: 0, slow, slow_in: 0 };
  const until = Date.now() + seconds * 1000;
  const agents = Array.from({ length: 60 }, (_, i) =>
    new Agent({ keepAlive: true, maxSockets: 20, localAddress: `127.0.1.${i + 1}` }));
  const send = ([method, path, cookies, body], agent, then) => {
    told.sent++;
    const headers = { ...(cookies && { cookie: cookies }), ...(body && { 'content-type': 'application/json' }) };
    const sent = request({ agent, port, host: '127.0.0.1', method, path, headers, timeout: 5000 }, (answer) => {
      answer.statusCode < 400 ? told.good++ : told.refused++;
      answer.resume();
      answer.on('end', then ?? (() => {}));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => { told.cut++; then?.(); });
    sent.end(body);
  };
  // One user without end.
  const own = new Agent({ keepAlive: true, maxSockets: 50, localAddress: '127.0.3.1' });
  const again = () => { if (Date.now() < until) send(['GET', '/api/v1/cases?size=50', cookie], own, () => setTimeout(again, 1)); };
  for (let i = 0; i < 50; i++) again();
  // The slow: a byte a second, from four addresses.
  const drips = [];
  for (let i = 0; i < slow; i++) {
    const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.2.${1 + i % 4}` });
    const text = 'GET /api/v1/session HTTP/1.1\r\nHost: slow\r\nX-Slow: ';
    let at = 0;
    socket.on('connect', () => {
      told.slow_in++;
      drips.push(setInterval(() => socket.write(text[at++] ?? 'x'), 1000));
    });
    socket.on('error', () => {});
  }
  const began = Date.now();
  let due = 0;
  const tick = setInterval(() => {
    const now = Date.now();
    for (const goal = Math.min((now - began) / 1000 * per_s, due + per_s / 10); due < goal; due++)
      send(WORDS[due % WORDS.length], agents[due % agents.length]);
    if (now < until) return;
    clearInterval(tick);
    drips.forEach(clearInterval);
    const took = (now - began) / 1000;
    process.send({ ...told, sent_per_s: Math.round(told.sent / took), answered_per_s: Math.round((told.good + told.refused) / took) });
    process.exit(0);
  }, 5);
});
