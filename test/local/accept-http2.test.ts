import { createServer, request, type Server } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { acceptHttp2, type Listener } from '../../local/accept-http2.ts';
import { close } from '../../local/http-server.ts';

let server: Server;
let port = 0;
let requests = 0;

const answer: Listener = (incoming, outgoing) => {
  requests += 1;
  outgoing.setHeader('content-type', 'text/plain');
  setTimeout(() => outgoing.end(`${incoming.method} ${incoming.url} over ${incoming.httpVersion}`), 30);
};

beforeEach(async () => {
  requests = 0;
  server = createServer(answer);
  acceptHttp2(server, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(() => close(server, 1));

const overHttp1 = () =>
  new Promise<string>((resolve, reject) => {
    request({ port, path: '/a', method: 'POST' }, (incoming) => resolve(text(incoming)))
      .on('error', reject)
      .end('body');
  });

const session = () => connectHttp2(`http://127.0.0.1:${port}`);

it('answers both protocols on one port', async () => {
  const client = session();
  const asked = client.request({ ':method': 'POST', ':path': '/b' });
  asked.end('body');
  expect(await Promise.all([overHttp1(), text(asked)])).toEqual(['POST /a over 1.1', 'POST /b over 2.0']);
  client.close();
});

it('waits for enough of the first bytes', async () => {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.write('P');
  await new Promise((resolve) => setTimeout(resolve, 20));
  socket.write('UT /c HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  expect(await text(socket)).toContain('PUT /c over 1.1');
});

it('lets requests that are underway end when it closes, over either protocol', async () => {
  const client = session();
  const asked = client.request({ ':path': '/d' });
  asked.end();
  const answered = Promise.all([overHttp1(), text(asked)]);
  await expect.poll(() => requests, { interval: 1 }).toBe(2);
  await Promise.all([close(server, 5), answered]);
  expect(await answered).toEqual(['POST /a over 1.1', 'GET /d over 2.0']);
});

it('closes with a connection on which nothing was ever said', async () => {
  const socket = connect({ port, host: '127.0.0.1' });
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.end();
  await close(server, 1);
  expect(server.listening).toBe(false);
  socket.destroy();
});
