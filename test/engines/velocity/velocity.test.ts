import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GatewayContext } from '../../../local/gateway/context.ts';
import { readHeaders, readQuery } from '../../../local/gateway/gateway-request.ts';
import { GatewayError } from '../../../local/gateway/gateway-error.ts';
import { gatewayResponse } from '../../../local/gateway/gateway-response.ts';
import { renderMappingTemplate } from '../../../local/gateway/mapping-template.ts';
import { synthesize } from '../../../lib/synthesize.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { fetchedEngine } from '../fetch/engine-directory.ts';
import { runCommand } from '../fetch/run-command.ts';
import { canonicalRecord } from './canonical-json.ts';
import { compileRenderer, velocity } from './engine.ts';
import { mappingTemplates, type MappingTemplate } from './mapping-templates.ts';
import { eventRequests, gatewayErrors, integrationAnswers, type TemplateInput } from './template-cases.ts';

/** What a template made of one input: its text, and the status and headers it set. */
interface Rendered {
  readonly output: string;
  /** Why there is no text, where rendering failed. */
  readonly error?: string;
  readonly responseOverride: { readonly status?: unknown; readonly header: Readonly<Record<string, unknown>> };
}

const inputs: Readonly<Record<MappingTemplate['kind'], readonly TemplateInput[]>> = {
  request: eventRequests,
  response: integrationAnswers,
  gateway: gatewayErrors,
};

/** API Gateway runs Velocity; the laptop runs velocityjs. Whatever the templates say has to mean the same on both. */
describe.each(['one origin', 'several origins and a Kinesis stream'])(
  'mapping templates of an API with %s',
  (parts) => {
    let folder: string;
    let templates: readonly MappingTemplate[];
    let classPath: string;

    beforeAll(async () => {
      folder = await temporaryFolder('velocity');
      const configPath = parts === 'one origin' ? 'config/dev.yaml' : await streamAndOrigins(folder);
      templates = mappingTemplates(await synthesize({ configPath, outdir: join(folder, 'cdk.out') }));
      classPath = await compileRenderer(fetchedEngine(velocity), join(folder, 'classes'));
    });

    afterAll(async () => {
      if (folder) await removeFolder(folder);
    });

    it('are found in the synthesized template', () => {
      const kinds = new Set(templates.map(({ kind }) => kind));
      expect([...kinds].toSorted()).toEqual(['gateway', 'request', 'response']);
      const events = templates.find(
        ({ kind, place }) => kind === 'request' && place === 'POST /applications/{applicationId}/events',
      );
      expect(events?.text).toContain(parts === 'one origin' ? 'DeliveryStreamName' : 'PartitionKey');
    });

    it.each(['request', 'response', 'gateway'] as const)('render the same on Velocity: %s', async (kind) => {
      const cases = templates
        .filter((template) => template.kind === kind)
        .flatMap((template) => inputs[kind].map((input) => ({ template, input })));
      expect(cases.length).toBeGreaterThan(20);
      const lines = cases.map(({ template, input }) => JSON.stringify({ ...input, template: template.text }));
      const output = await runCommand('java', ['-cp', classPath, 'RenderTemplates'], { input: lines.join('\n') });
      const answers = output.trim().split('\n');
      expect(answers).toHaveLength(cases.length);

      const name = (at: number): string => `${cases[at]?.template.place}, ${cases[at]?.input.name}`;
      const here = cases.map(({ template, input }, at) => [name(at), meaning(renderHere(template, input))]);
      const there = answers.map((answer, at) => [name(at), meaning(JSON.parse(answer) as Rendered)]);
      expect(Object.fromEntries(here)).toEqual(Object.fromEntries(there));
    });
  },
);

async function streamAndOrigins(folder: string): Promise<string> {
  const path = join(folder, 'config.yaml');
  const dev = await readFile('config/dev.yaml', 'utf8');
  const edited = dev
    .replace("CORS_ORIGINS: ['*']", "CORS_ORIGINS: ['https://a.example', 'https://b.example']")
    .replace('INGEST_MODE: DIRECT_BATCH', 'INGEST_MODE: KINESIS_DATA_STREAMS');
  await writeFile(path, edited);
  return path;
}

function renderHere({ kind, text }: MappingTemplate, input: TemplateInput): Rendered {
  const { body, params, stageVariables } = input;
  const responseOverride = { header: {} };
  const overrides = { responseOverride, requestOverride: { header: {}, path: {}, querystring: {} } };
  // Only what templates read; the rest of a gateway's context has no part in this comparison.
  const context = { ...input.context, ...overrides } as unknown as GatewayContext;
  if (kind !== 'gateway') {
    return { output: renderMappingTemplate(text, { body, params, context, stageVariables }), responseOverride };
  }
  const settings = new Map([['DEFAULT_4XX', { responseTemplates: { 'application/json': text } }]]);
  const error = new GatewayError('DEFAULT_4XX', context.error['message'] ?? null);
  const stage = { variables: stageVariables } as Parameters<typeof gatewayResponse>[2]['stage'];
  const surroundings = { headers: readHeaders([]), query: readQuery(''), pathParameters: {}, stage, context };
  return { output: String(gatewayResponse(error, settings, surroundings).body), responseOverride };
}

/** Text as parsed JSON with numbers as decimals, a record's Data decoded; no text at all is as good as spaces. */
function meaning({ output, error, responseOverride }: Rendered): unknown {
  if (error !== undefined) return { error };
  const { status, header } = responseOverride;
  return {
    body: output.trim() === '' ? '' : canonicalRecord(output),
    status: status === undefined ? '' : String(status),
    header: Object.fromEntries(Object.entries(header).map(([name, value]) => [name, String(value)])),
  };
}
