import { createServer } from 'node:net';

/** The port if nothing listens on it, else 0, which lets the system choose one. */
export function preferPort(port: number, host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(0));
    server.listen(port, host, () => server.close(() => resolve(port)));
  });
}
