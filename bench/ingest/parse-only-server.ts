import { createApiServer } from '../../local/api-server.ts';
import type { GatewayRequest, GatewayResponse } from '../../local/gateway/gateway-request.ts';
import { listen } from '../../local/http-server.ts';
import type { LocalLog } from '../../local/runtime.ts';

// The floor, in a process of its own: the runtime's own server, whose handler parses a body and answers as if it had
// stored it. Says its port, and how many events it saw whenever it is asked.
let events = 0;

async function parseOnly({ body }: GatewayRequest): Promise<GatewayResponse> {
  const batch = JSON.parse(body.toString('utf8')) as { readonly events: readonly unknown[] };
  events += batch.events.length;
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: '{"Result":"Ok","RequestId":"5a0a3a3e-7c39-4be2-9d52-f4a3a2a9d2d7","FailedRecordCount":0}',
  };
}

const fail = (message: string): never => {
  throw new Error(`the floor logged: ${message}`);
};
const log: LocalLog = { info: fail, warn: fail, error: fail, functionOutput: fail };
const { server, open } = createApiServer({ clock: Date.now, log });
open({ gateway: { handle: parseOnly }, inspect: { handle: parseOnly } });
// Nobody is left to measure for.
process.on('disconnect', () => process.exit());
process.on('message', () => process.send!({ events }));
process.send!({ port: await listen(server, 0, '127.0.0.1', 'the floor of the bench') });
