import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer, type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

/** How a connection of HTTP/2 begins when nothing was negotiated before (RFC 9113, 3.4); no method of HTTP/1.1 does. */
const preface = Buffer.from('PRI');

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
    let head = Buffer.alloc(0);
    const giveUp = (): void => void socket.destroy();
    const decide = (): void => {
      const more = socket.read() as Buffer | null;
      if (more !== null) head = Buffer.concat([head, more]);
      if (head.length < preface.length) return;
      // Each side sets its own handlers from here on.
      socket.off('readable', decide).off('end', giveUp).off('error', giveUp);
      socket.unshift(head);
      if (head.subarray(0, preface.length).equals(preface)) http2.emit('connection', socket);
      else for (const one of ofHttp1) one.call(server, socket);
    };
    socket.on('readable', decide).on('end', giveUp).on('error', giveUp);
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
