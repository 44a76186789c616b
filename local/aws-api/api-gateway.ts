import { AwsError } from '../runtime.ts';
import type { ApiKey, LocalUsagePlans, UsagePlan } from '../usage-plans.ts';
import { pageOf } from './pages.ts';
import type { AwsProtocol, AwsRequest, AwsResponse } from './protocol.ts';

/** Entries of a list where a call names no limit, and at most. */
const PAGE = 25;
const MOST = 500;

type Input = Readonly<Record<string, unknown>>;

/** What is called: a method, a path whose parts in braces are handed on, and what it does. */
type Route = readonly [method: string, path: string, action: (call: Call) => Promise<AwsResponse>];

interface Call {
  readonly request: AwsRequest;
  readonly params: readonly string[];
}

/** API Gateway's control plane on the wire (REST, JSON): API keys and the usage plans that the template has. */
export function apiGatewayProtocol(usagePlans: LocalUsagePlans, { region }: { readonly region: string }): AwsProtocol {
  const may = ({ request }: Call, path: string) =>
    request.authorize(`apigateway:${request.method}`, `arn:aws:apigateway:${region}::${path}`);

  const routes: readonly Route[] = [
    [
      'GET',
      '/apikeys',
      async (call) => {
        may(call, '/apikeys');
        const { query } = call.request;
        const isShown = query.get('includeValues') === 'true';
        const named = usagePlans.keys().filter(({ name }) => name.startsWith(query.get('name') ?? ''));
        return list(
          named.map((key) => keyOutput(key, isShown)),
          query,
        );
      },
    ],
    [
      'POST',
      '/apikeys',
      async (call) => {
        may(call, '/apikeys');
        const input = inputOf(call.request);
        refuse(input, ['stageKeys', 'customerId', 'generateDistinctId', 'tags']);
        const key = await usagePlans.createKey({
          name: text(input, 'name'),
          value: text(input, 'value'),
          description: text(input, 'description'),
          enabled: input.enabled === true,
        });
        return answer(201, keyOutput(key, true));
      },
    ],
    [
      'GET',
      '/apikeys/{}',
      async (call) => {
        const [id = ''] = call.params;
        may(call, `/apikeys/${id}`);
        return answer(200, keyOutput(usagePlans.key(id), call.request.query.get('includeValue') === 'true'));
      },
    ],
    [
      'DELETE',
      '/apikeys/{}',
      async (call) => {
        const [id = ''] = call.params;
        may(call, `/apikeys/${id}`);
        await usagePlans.deleteKey(id);
        return { status: 202 };
      },
    ],
    [
      'GET',
      '/usageplans',
      async (call) => {
        may(call, '/usageplans');
        return list(usagePlans.plans().map(planOutput), call.request.query);
      },
    ],
    [
      'GET',
      '/usageplans/{}',
      async (call) => {
        const [id = ''] = call.params;
        may(call, `/usageplans/${id}`);
        return answer(200, planOutput(usagePlans.plan(id)));
      },
    ],
    [
      'GET',
      '/usageplans/{}/keys',
      async (call) => {
        const [planId = ''] = call.params;
        may(call, `/usageplans/${planId}/keys`);
        usagePlans.plan(planId);
        const { query } = call.request;
        const members = usagePlans
          .keys()
          .filter(({ name, plans }) => plans.includes(planId) && name.startsWith(query.get('name') ?? ''));
        return list(members.map(memberOutput), query);
      },
    ],
    [
      'POST',
      '/usageplans/{}/keys',
      async (call) => {
        const [planId = ''] = call.params;
        may(call, `/usageplans/${planId}/keys`);
        const input = inputOf(call.request);
        if (input.keyType !== 'API_KEY') throw new AwsError('BadRequestException', 'Key type should be API_KEY');
        return answer(201, memberOutput(await usagePlans.addToPlan(planId, text(input, 'keyId') ?? '')));
      },
    ],
    [
      'DELETE',
      '/usageplans/{}/keys/{}',
      async (call) => {
        const [planId = '', keyId = ''] = call.params;
        may(call, `/usageplans/${planId}/keys/${keyId}`);
        await usagePlans.removeFromPlan(planId, keyId);
        return { status: 202 };
      },
    ],
  ];

  return {
    service: 'apigateway',
    async handle(request) {
      for (const [method, path, action] of routes) {
        const params = method === request.method ? match(path, request.path) : undefined;
        if (params) return action({ request, params });
      }
      throw new AwsError('NotFoundException', `nothing stands in for ${request.method} ${request.path} here`, 404);
    },
  };
}

/** The parts of a path that stand where the pattern has braces; undefined where it does not fit. */
function match(pattern: string, path: string): readonly string[] | undefined {
  const expected = pattern.split('/');
  const parts = path.split('/');
  if (parts.length !== expected.length) return undefined;
  const isSame = expected.every((part, at) => (part === '{}' ? parts[at] !== '' : part === parts[at]));
  return isSame ? expected.flatMap((part, at) => (part === '{}' ? [decode(parts[at] ?? '')] : [])) : undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new AwsError('BadRequestException', 'the path is not valid');
  }
}

function inputOf({ body }: AwsRequest): Input {
  let input: unknown;
  try {
    input = JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError('SerializationException', 'the request body is not valid JSON');
  }
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Input;
  throw new AwsError('SerializationException', 'the request body is not a JSON object');
}

/** What is left out here is refused, so that nobody takes it for done. */
function refuse(input: Input, names: readonly string[]): void {
  const given = names.filter((name) => input[name] !== undefined && input[name] !== null);
  if (given.length > 0) throw new AwsError('BadRequestException', `nothing stands in for ${given.join(', ')} here`);
}

function text(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new AwsError('SerializationException', `${name} is no text`);
}

function list(items: readonly object[], query: URLSearchParams): AwsResponse {
  const limit = Number(query.get('limit') ?? PAGE);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) {
    throw new AwsError('BadRequestException', `limit is a number from 1 to ${MOST}`);
  }
  const page = pageOf(items, { token: query.get('position'), size: limit, error: 'BadRequestException' });
  return answer(200, { item: page.items, ...(page.nextToken !== undefined && { position: page.nextToken }) });
}

const answer = (status: number, body: object): AwsResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** Only who asks for it is shown a value. */
function keyOutput({ plans: _plans, value, description, ...key }: ApiKey, isShown: boolean): object {
  return { ...key, ...(description !== '' && { description }), ...(isShown && { value }), stageKeys: [] };
}

const memberOutput = ({ id, name, value }: ApiKey): object => ({ id, name, type: 'API_KEY', value });

const planOutput = ({ id, name, description, stages, throttle }: UsagePlan): object => ({
  id,
  name,
  ...(description !== '' && { description }),
  apiStages: stages,
  ...(throttle && { throttle: { rateLimit: throttle.rate, burstLimit: throttle.burst } }),
});
