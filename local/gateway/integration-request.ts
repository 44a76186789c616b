import type { Exchange } from './exchange.ts';
import { inputParameters } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import { mediaType } from './gateway-request.ts';
import { renderMappingTemplate } from './mapping-template.ts';

/**
 * The body for the backend: the template for the request's content type rendered, or the body as it is where the
 * integration lets it through. Throws UNSUPPORTED_MEDIA_TYPE where it does not.
 */
export function requestText(exchange: Exchange): string {
  const { route, headers, body, context, stage } = exchange;
  const { requestTemplates = {}, passthroughBehavior = 'WHEN_NO_MATCH' } = route.integration;
  const template = templateFor(requestTemplates, headers.lower['content-type']);
  if (template !== undefined) {
    const text = renderMappingTemplate(template, {
      body: body.text,
      tree: () => body.tree,
      params: inputParameters(exchange),
      context,
      stageVariables: stage.variables,
    });
    body.forget();
    return text;
  }
  const behavior = passthroughBehavior.toUpperCase();
  const passes =
    behavior === 'WHEN_NO_MATCH' || (behavior === 'WHEN_NO_TEMPLATES' && Object.keys(requestTemplates).length === 0);
  if (!passes) throw new GatewayError('UNSUPPORTED_MEDIA_TYPE', 'Unsupported Media Type');
  return body.text;
}

function templateFor(templates: Readonly<Record<string, string>>, contentType: string | undefined): string | undefined {
  const wanted = mediaType(contentType);
  return Object.entries(templates).find(([type]) => mediaType(type) === wanted)?.[1];
}
