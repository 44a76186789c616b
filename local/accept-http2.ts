import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer, type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

/** How a connection of HTTP/2 begins when nothing was negotiated before (RFC 9113, 3.3). */
const preface = Buffer.from('PRI * HTTP/2.0\r\n');

export type Listener = (
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
) => void;

/**
 * Lets a server of HTTP/1.1 take connections of HTTP/2 on the same port: the JavaScript SDK speaks nothing else to
 * Kinesis. Closing the server closes them as well.
 */
export function acceptHttp2(server: Server, listener: Listener): void {
  const sessions = new Set<ServerHttp2Session>();
  const http2 = createServer(listener);
  http2.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });

  const ofHttp1 = server.listeners('connection') as ((this: Server, socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const decide = (): void => {
      const head = socket.read() as Buffer | null;
      if (head === null) return void socket.once('readable', decide);
      socket.unshift(head);
      const isHttp2 = head.subarray(0, preface.length).equals(preface.subarray(0, head.length));
      if (isHttp2) http2.emit('connection', socket);
      else for (const one of ofHttp1) one.call(server, socket);
    };
    // Who connects and leaves without a word is nobody's concern.
    socket.on('error', () => socket.destroy());
    socket.once('readable', decide);
    socket.once('end', () => socket.readableLength === 0 && socket.end());
  });

  const { closeIdleConnections, closeAllConnections } = server;
  server.closeIdleConnections = () => {
    closeIdleConnections.call(server);
    // Lets requests that are underway end first.
    for (const session of sessions) session.close();
  };
  server.closeAllConnections = () => {
    closeAllConnections.call(server);
    for (const session of sessions) session.destroy();
  };
}
