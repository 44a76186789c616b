import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createBodyBudget } from './body-budget.ts';
import { errorText } from './error-text.ts';
import type { GatewayRequest, GatewayResponse } from './gateway/gateway-request.ts';
import { MAX_PAYLOAD_BYTES } from './gateway/rest-api.ts';
import type { Clock, LocalLog } from './runtime.ts';

export interface ApiServerOptions {
  readonly clock: Clock;
  readonly log: LocalLog;
  /** Bytes of bodies that are held at a time, over all requests. Default 128 MiB. */
  readonly mostHeldBytes?: number;
}

interface Handler {
  handle(request: GatewayRequest): Promise<GatewayResponse>;
}

export interface ApiHandlers {
  readonly gateway: Handler;
  /** Answers what lies below `/_local/`. */
  readonly inspect: Handler;
  /** Answers for the files of a page; undefined for everything else, which is the gateway's. */
  readonly pages?: { handle(request: GatewayRequest): Promise<GatewayResponse | undefined> };
}

export interface ApiServer {
  readonly server: Server;
  /** Begins to hand requests on; until then each is asked to come again. */
  open(handlers: ApiHandlers): void;
}

/** Paths of the runtime's own. */
const INSPECT_PREFIX = '/_local/';

/** How long a connection stays open that nothing is sent on. */
const KEEP_ALIVE_MILLIS = 55_000;

/** HTTP on the API's port: the gateway, and beside it the runtime's own routes. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  let handlers: ApiHandlers = { gateway: starting, inspect: starting };
  const bodies = createBodyBudget(options.mostHeldBytes ?? 128 << 20);
  const server = createServer((incoming, outgoing) => {
    // One byte more than the gateway takes is enough to know that it is too much.
    const served = bodies.read(incoming, MAX_PAYLOAD_BYTES, async (body) => {
      if (body === undefined) send(outgoing, overloaded, options.clock);
      else await serve(incoming, outgoing, body, handlers, options.clock);
    });
    served.catch((error: unknown) => {
      options.log.error('a request could not be answered', { error: errorText(error) });
      outgoing.destroy();
    });
  });
  // Whoever expects what no server has may be answered all the same (RFC 9110, 10.1.1); Node's own 417 has no words.
  server.on('checkExpectation', (incoming, outgoing) => void server.emit('request', incoming, outgoing));
  // Node's own five seconds end connections that a client is about to send on again.
  server.keepAliveTimeout = KEEP_ALIVE_MILLIS;
  return {
    server,
    open(opened) {
      handlers = opened;
    },
  };
}

const starting: Handler = {
  handle: async () => ({
    status: 503,
    headers: { 'content-type': 'application/json', 'retry-after': '1' },
    body: '{"error":"Starting","error_detail":"the pipeline is starting; try again in a moment"}',
  }),
};

/** More at once than this machine should hold: nothing of it was looked at. */
const overloaded: GatewayResponse = {
  status: 503,
  headers: { 'content-type': 'application/json', 'retry-after': '1' },
  body: '{"error":"Overloaded","error_detail":"too much at once; send the same request again in a moment"}',
};

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  body: Buffer,
  { gateway, inspect, pages }: ApiHandlers,
  clock: Clock,
): Promise<void> {
  const url = incoming.url ?? '/';
  const question = url.indexOf('?');
  const request: GatewayRequest = {
    method: incoming.method ?? 'GET',
    path: question < 0 ? url : url.slice(0, question),
    rawQuery: question < 0 ? '' : url.slice(question + 1),
    rawHeaders: incoming.rawHeaders,
    body,
    sourceIp: incoming.socket.remoteAddress ?? '',
  };
  if (request.path.startsWith(INSPECT_PREFIX)) {
    const gone = new AbortController();
    outgoing.once('close', () => gone.abort());
    send(outgoing, await inspect.handle({ ...request, signal: gone.signal }), clock);
    return;
  }
  // Whatever sends data has nothing to do with files, and no time to lose.
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  const page = isReading ? await pages?.handle(request) : undefined;
  send(outgoing, page ?? (await gateway.handle(request)), clock);
}

function send(outgoing: ServerResponse, response: GatewayResponse, clock: Clock): void {
  outgoing.sendDate = false;
  // An SDK whose clock is off corrects it by this header.
  outgoing.setHeader('date', new Date(clock()).toUTCString());
  for (const [name, value] of Object.entries(response.headers)) outgoing.setHeader(name, value);
  outgoing.statusCode = response.status;
  // 204 and 304 have no body, nor has the answer to HEAD; Node leaves it out.
  outgoing.end(response.body);
}
