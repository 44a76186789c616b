import { XMLParser } from 'fast-xml-parser';
import { AwsError } from '../../runtime.ts';
import { escapeXml, type AwsResponse } from '../protocol.ts';

/** Markup that is already XML; a plain string is text. */
export interface Markup {
  readonly xml: string;
}

/** One element; what is undefined is left out. */
export function element(name: string, ...content: readonly (Markup | string | number | boolean | undefined)[]): Markup {
  const inner = content
    .filter((one) => one !== undefined)
    .map((one) => (typeof one === 'object' ? one.xml : escapeXml(String(one))));
  return { xml: `<${name}>${inner.join('')}</${name}>` };
}

/** Leaves the element out where the content is undefined. */
export function optional(name: string, content: string | number | undefined): Markup | undefined {
  return content === undefined ? undefined : element(name, content);
}

/** A whole document in S3's namespace. */
export function xmlResponse(
  name: string,
  ...content: Parameters<typeof element> extends [string, ...infer C] ? C : never
): AwsResponse {
  const { xml } = element(name, ...content);
  const namespace = `<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`;
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${namespace}${xml.slice(name.length + 2)}`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

const parser = new XMLParser({
  parseTagValue: false,
  trimValues: false,
  ignoreAttributes: true,
  removeNSPrefix: true,
  htmlEntities: true,
  isArray: (name) => name === 'Object' || name === 'Part',
});

/** The content of a document's root element. Throws MalformedXML. */
export function parseXml(text: string, root: string): Readonly<Record<string, unknown>> {
  try {
    const document = parser.parse(text, true) as Record<string, unknown>;
    const content = document[root];
    if (typeof content === 'object' && content !== null) return content as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}

/** The repeated children of one name. */
export function children(
  content: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>>[] {
  const list = content[name];
  if (!Array.isArray(list)) return [];
  return list.filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null);
}

/** The text of a child element; undefined when there is none. */
export function childText(content: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const child = content[name];
  return typeof child === 'string' ? child : undefined;
}
