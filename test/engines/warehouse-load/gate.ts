import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What becomes of a call: it reaches the service, or its connection breaks. */
export type Verdict = 'pass' | 'drop';

/** A way to a service of the laptop that can be closed, and that sees each call before the service does. */
export interface Gate {
  /** What a client takes for the service. */
  readonly url: string;
  /** Where the service is. */
  leadTo(url: string): void;
  /** While it is shut, whoever connects is cut off. */
  isShut: boolean;
  /** Asked for each call, by its `X-Amz-Target`; without it all pass. */
  judge: ((target: string) => Verdict | Promise<Verdict>) | undefined;
  close(): Promise<void>;
}

export async function openGate(): Promise<Gate> {
  let port = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    if (gate.isShut) {
      client.destroy();
      return;
    }
    const service = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [client, service],
      [service, client],
    ] as const) {
      sockets.add(one);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.on('error', () => other.destroy());
    }
    service.pipe(client);
    client.on('data', (chunk) => {
      client.pause();
      void pass(chunk, client, service);
    });
  });

  async function pass(chunk: Buffer, client: Socket, service: Socket): Promise<void> {
    if ((await verdictOn(chunk)) === 'drop') client.destroy();
    else service.write(chunk);
    client.resume();
  }

  async function verdictOn(chunk: Buffer): Promise<Verdict> {
    if (gate.isShut) return 'drop';
    const target = /^x-amz-target: (\S+)/im.exec(chunk.toString('latin1'))?.[1];
    return target === undefined ? 'pass' : ((await gate.judge?.(target)) ?? 'pass');
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const gate: Gate = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo: (url) => void (port = Number(new URL(url).port)),
    isShut: false,
    judge: undefined,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return gate;
}
