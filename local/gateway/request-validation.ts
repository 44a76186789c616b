import Ajv04 from 'ajv-draft-04';
import type { ValidateFunction } from 'ajv';
import { decodeString, isObject } from './exact-json.ts';
import type { JsonNode } from './exact-json.ts';
import type { Exchange } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import { mediaType } from './gateway-request.ts';
import { BODY_LEVELS } from './json-body.ts';
import type { JsonBody } from './json-body.ts';
import { levelsOf } from './levels-of.ts';
import type { OpenApiDocument } from './open-api-document.ts';
import type { Route } from './read-api.ts';

interface Model {
  readonly validate: ValidateFunction;
  /** How deep it looks. */
  readonly levels: number;
}

/** Checks parameters and bodies of one API as its request validators ask. */
export class RequestValidation {
  private readonly schemas: Readonly<Record<string, unknown>>;
  private readonly compiled = new Map<unknown, Model>();

  constructor(document: OpenApiDocument) {
    this.schemas = document.components?.schemas ?? {};
    // A model that cannot be compiled is told at start, not at the first request.
    for (const methods of Object.values(document.paths ?? {})) {
      for (const method of Object.values(methods)) {
        for (const { schema } of Object.values(method?.requestBody?.content ?? {})) if (schema) this.validator(schema);
      }
    }
  }

  /** Throws BAD_REQUEST_PARAMETERS or BAD_REQUEST_BODY. */
  check(exchange: Exchange): void {
    const { validator } = exchange.route;
    if (validator.validateRequestParameters) checkParameters(exchange);
    if (validator.validateRequestBody) this.checkBody(exchange);
  }

  private checkBody({ route, headers, body }: Exchange): void {
    const schema = schemaFor(route, headers.lower['content-type']);
    if (schema === undefined) return;
    const { validate, levels } = this.validator(schema);
    if (validate(parseBody(body, levels))) return;
    const errors = (validate.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath || 'body'} ${message ?? ''}`,
    );
    throw new GatewayError('BAD_REQUEST_BODY', 'Invalid request body', {
      validationErrors: `[${errors.slice(0, 5).join(', ')}]`,
    });
  }

  private validator(schema: unknown): Model {
    const known = this.compiled.get(schema);
    if (known) return known;
    const ajv = new Ajv04({ strict: false, allErrors: false, logger: false });
    const validate = ajv.compile({
      ...(schema as Record<string, unknown>),
      components: { schemas: withoutItemCounts(this.schemas) },
    });
    const made = { validate, levels: levelsOf(schema, this.schemas) };
    this.compiled.set(schema, made);
    return made;
  }
}

/** The model for the content type; one that no model is made for is not checked. */
function schemaFor(route: Route, contentType: string | undefined): unknown {
  return route.bodySchemas[mediaType(contentType)];
}

/** What a model sees of a body. It is the exact parser's word that counts: it also refuses what is nested too deep. */
function parseBody(body: JsonBody, levels: number): unknown {
  try {
    const { tree } = body;
    return levels <= BODY_LEVELS ? upperLevels(tree) : (JSON.parse(body.text) as unknown);
  } catch (error) {
    throw new GatewayError('BAD_REQUEST_BODY', 'Invalid request body', {
      cause: error,
      validationErrors: '[body is not JSON]',
    });
  }
}

/** A tree as values; what stayed text in it is empty. */
function upperLevels(node: JsonNode): unknown {
  if (Array.isArray(node)) return node.map(upperLevels);
  if (isObject(node)) {
    return Object.fromEntries(node.keys.map((key, index) => [decodeString(key), upperLevels(node.values[index]!)]));
  }
  if (node.startsWith('{')) return {};
  return node.startsWith('[') ? [] : (JSON.parse(node) as unknown);
}

/** API Gateway does not hold arrays of an imported model to minItems and maxItems. */
function withoutItemCounts(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutItemCounts);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !((key === 'minItems' || key === 'maxItems') && typeof value === 'number'))
      .map(([key, value]) => [key, withoutItemCounts(value)]),
  );
}

function checkParameters({ route, headers, query, pathParameters }: Exchange): void {
  const missing = route.parameters.filter(({ name, in: place, required }) => {
    if (!required) return false;
    if (place === 'header') return !headers.lower[name.toLowerCase()];
    return !(place === 'path' ? pathParameters[name] : query.single[name]);
  });
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  throw new GatewayError('BAD_REQUEST_PARAMETERS', `Missing required request parameters: [${names}]`);
}
