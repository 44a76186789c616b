import type { Exchange } from './exchange.ts';
import { inputParameters } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import type { GatewayResponse } from './gateway-request.ts';
import { renderMappingTemplate } from './mapping-template.ts';
import type { TemplateInput } from './mapping-template.ts';
import { matchesWhole } from './matches-whole.ts';
import type { IntegrationResponse } from './open-api-document.ts';
import { mappedValue } from './parameter-mapping.ts';
import type { BackendResponse } from './parameter-mapping.ts';

/** A backend's answer, and the text by which the integration response is chosen: a status, or a function's error. */
export interface Selected {
  readonly selector: string;
  readonly backend: BackendResponse;
}

/** Maps a backend's answer as the matching integration response says. */
export function mapResponse(exchange: Exchange, { selector, backend }: Selected): GatewayResponse {
  const { context, stage, route } = exchange;
  const response = choose(route.integration.responses ?? {}, selector);
  if (!response) throw new GatewayError('API_CONFIGURATION_ERROR', 'Internal server error');

  const templates = response.responseTemplates ?? {};
  const [contentType, template] =
    Object.entries(templates).find(([type]) => type === 'application/json') ?? Object.entries(templates)[0] ?? [];
  const body =
    template === undefined
      ? backend.body
      : renderResponse(template, {
          body: backend.body,
          params: inputParameters(exchange),
          context,
          stageVariables: stage.variables,
        });

  const headers: Record<string, string> = { 'content-type': contentType ?? 'application/json' };
  for (const [target, source] of Object.entries(response.responseParameters ?? {})) {
    const value = mappedValue(source, exchange, backend);
    if (value !== undefined) headers[target.replace(/^method\.response\.header\./, '').toLowerCase()] = value;
  }
  for (const [name, value] of Object.entries(context.responseOverride.header)) {
    headers[name.toLowerCase()] = String(value);
  }
  return { status: Number(context.responseOverride.status ?? response.statusCode), headers, body };
}

/** A backend's answer that its template cannot read is the gateway's trouble, never the sender's: a 500. */
function renderResponse(template: string, input: TemplateInput): string {
  try {
    return renderMappingTemplate(template, input);
  } catch (error) {
    throw new GatewayError('API_CONFIGURATION_ERROR', 'Internal server error', { cause: error });
  }
}

/** Patterns must match the whole selector; `default` takes what none of them does. */
function choose(
  responses: Readonly<Record<string, IntegrationResponse>>,
  selector: string,
): IntegrationResponse | undefined {
  const match = Object.entries(responses).find(
    ([pattern]) => pattern !== 'default' && matchesWhole(pattern, 's', selector),
  );
  return match?.[1] ?? responses['default'];
}
