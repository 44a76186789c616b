import { renderMappingTemplate } from '../../../local/gateway/mapping-template.ts';
import { packEvents } from '../../../lib/api/pack-events.ts';
import { readTemplate } from '../../../lib/api/read-template.ts';

interface Rendering {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly stageVariables?: Readonly<Record<string, string>>;
}

/** Renders one of our mapping templates, and shows which status and headers it overrides. */
export const render = (template: string, rendering?: Rendering) => renderText(readTemplate(template), rendering);

/** Renders the template that packs requests for a service. */
export const renderPacked = (service: 'firehose' | 'kinesis', rendering?: Rendering) =>
  renderText(packEvents(service), rendering);

function renderText(template: string, { body = '', headers = {}, stageVariables = {} }: Rendering = {}) {
  const responseOverride: { status?: unknown; header: Record<string, unknown> } = { header: {} };
  const context = {
    requestId: 'request-1',
    requestTimeEpoch: 1_795_219_587_700,
    authorizer: { application_id: 'game-a', api_key_id: 'key-1', role: 'game' },
    responseOverride,
  } as unknown as Parameters<typeof renderMappingTemplate>[1]['context'];
  const text = renderMappingTemplate(template, {
    body,
    params: { path: {}, querystring: {}, header: headers },
    context,
    stageVariables,
  });
  return { text, ...responseOverride };
}
