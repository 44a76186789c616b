import { errorResponse, escapeXml } from '../protocol.ts';
import type { Wire } from './input.ts';

const NAMESPACE = 'http://monitoring.amazonaws.com/doc/2010-08-01/';

/** The query protocol: parameters like `Dimensions.member.1.Name` in a form, the answer in XML. */
export const inQuery: Wire = {
  read({ body, query }) {
    const parameters = new URLSearchParams(body.toString('utf8'));
    for (const [name, value] of query) parameters.append(name, value);
    const { Action, ...input } = unflatten(parameters);
    return { action: typeof Action === 'string' ? Action : '', input };
  },
  write: (action, output, { requestId }) => ({
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body:
      `<${action}Response xmlns="${NAMESPACE}"><${action}Result>${elements(output)}</${action}Result>` +
      `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`,
  }),
  writeError: (error, request) => errorResponse('query', error, request),
};

interface Tree {
  [name: string]: Tree | string;
}

function unflatten(parameters: URLSearchParams): Record<string, unknown> {
  const root: Tree = Object.create(null) as Tree;
  for (const [path, value] of parameters) {
    const steps = path.split('.');
    let place = root;
    for (const step of steps.slice(0, -1)) {
      const next = place[step];
      place = typeof next === 'object' ? next : (place[step] = Object.create(null) as Tree);
    }
    place[steps.at(-1)!] = value;
  }
  return listsOf(root) as Record<string, unknown>;
}

/** `{ member: { 1: …, 2: … } }` stands for a list. */
function listsOf(value: Tree | string): unknown {
  if (typeof value === 'string') return value;
  if (typeof value.member === 'object') {
    const items = Object.entries(value.member).toSorted(([a], [b]) => Number(a) - Number(b));
    return items.map(([, item]) => listsOf(item));
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, listsOf(one)]));
}

function elements(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((one) => `<member>${elements(one)}</member>`).join('');
  if (typeof value !== 'object' || value === null) return escapeXml(String(value));
  return Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .map(([name, one]) => `<${name}>${elements(one)}</${name}>`)
    .join('');
}
