import { writeBase64 } from '../base64.ts';
import { compileTemplate, interpretTemplate } from './compile-template.ts';
import type { CompiledTemplate } from './compile-template.ts';
import { exactText, parseExactJson, plainValue } from './exact-json.ts';
import type { JsonNode } from './exact-json.ts';
import { GatewayError } from './gateway-error.ts';
import { evaluateJsonPath } from './json-path.ts';
import type { GatewayContext } from './context.ts';

/** What `$input.params()` shows; names as they came. */
export interface InputParameters {
  readonly path: Readonly<Record<string, string>>;
  readonly querystring: Readonly<Record<string, string>>;
  readonly header: Readonly<Record<string, string>>;
}

export interface TemplateInput {
  readonly body: string;
  /** The body parsed, where somebody has it so already. Throws InvalidJson. */
  readonly tree?: () => JsonNode;
  readonly params: InputParameters;
  readonly context: GatewayContext;
  readonly stageVariables: Readonly<Record<string, string>>;
}

/** Renders a mapping template as API Gateway does. A body that is not JSON is a 400 once the template asks for a part of it. */
export function renderMappingTemplate(template: string, input: TemplateInput): string {
  return compiled(template)({
    input: inputVariable(input),
    context: input.context,
    stageVariables: { ...input.stageVariables },
    util: utilVariable,
  });
}

const COMPILED = new Map<string, CompiledTemplate>();

function compiled(template: string): CompiledTemplate {
  const known = COMPILED.get(template);
  if (known) return known;
  const made = compileTemplate(template) ?? interpretTemplate(template);
  COMPILED.set(template, made);
  return made;
}

function inputVariable({ body, tree, params }: TemplateInput): Record<string, unknown> {
  let root: JsonNode | undefined;
  const at = (path: string): JsonNode | undefined => {
    if (body.trim() === '') return undefined;
    root ??= parseBody(tree ?? (() => parseExactJson(body)));
    return evaluateJsonPath(root, path);
  };
  return {
    body,
    json(path: string) {
      const node = at(path);
      return node === undefined ? '' : exactText(node);
    },
    path(path: string) {
      const node = at(path);
      return node === undefined ? undefined : plainValue(node);
    },
    params(name?: string) {
      if (name === undefined) return params;
      return own(params.path, name) ?? own(params.querystring, name) ?? own(params.header, name) ?? '';
    },
  };
}

function own(map: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

function parseBody(parse: () => JsonNode): JsonNode {
  try {
    return parse();
  } catch (error) {
    throw new GatewayError('BAD_REQUEST_BODY', 'Could not parse request body into json', { cause: error });
  }
}

const utilVariable = {
  base64Encode: (text: unknown) => writeBase64(Buffer.from(String(text ?? ''), 'utf8')),
  base64Decode: (text: unknown) => Buffer.from(String(text ?? ''), 'base64').toString('utf8'),
  escapeJavaScript: (text: unknown) => escapeJavaScript(String(text ?? '')),
  parseJson: (text: unknown) => plainValue(parseExactJson(String(text))),
  // As java.net.URLEncoder: a space is a plus, and of the marks only .-*_ stay.
  urlEncode: (text: unknown) =>
    encodeURIComponent(String(text ?? ''))
      .replaceAll('%20', '+')
      .replace(/[!'()~]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`),
  urlDecode: (text: unknown) => decodeURIComponent(String(text ?? '').replaceAll('+', ' ')),
};

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\n': '\\n',
  '\t': '\\t',
  '\f': '\\f',
  '\r': '\\r',
};

/** As Apache Commons Lang, which API Gateway names as its model: slashes and single quotes are escaped too. */
function escapeJavaScript(text: string): string {
  return text.replace(/["'\\/]|[^\u0020-\u007e]/g, (unit) => {
    const short = SHORT_ESCAPES[unit];
    if (short !== undefined) return short;
    const code = unit.charCodeAt(0);
    return code >= 0x20 && code < 0x7f ? `\\${unit}` : `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  });
}
