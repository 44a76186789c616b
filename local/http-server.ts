import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens and gives back the port that was taken; says plainly when it is not to be had. */
export async function listen(server: Server, port: number, host: string, what: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? `port ${port} is in use`
          : error.code === 'EACCES'
            ? `port ${port} may not be opened by this user`
            : `cannot listen on ${host}:${port} (${error.code ?? error.message})`;
      reject(new Error(`${what}: ${reason}; choose another one, or 0 for any free one`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** How often connections are looked at that have become idle while a server closes, in milliseconds. */
const LOOK_MILLIS = 20;

/** Takes no more connections, lets requests that are underway end, then closes all. */
export async function close(server: Server, graceSeconds: number): Promise<void> {
  if (!server.listening) return;
  // Whoever sends again on an open connection is answered once more and told that it was the last time.
  server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false;
  });
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), LOOK_MILLIS);
  const late = setTimeout(() => server.closeAllConnections(), graceSeconds * 1000);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}

/** How a client on this machine reaches what listens on a host. */
export function urlOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
