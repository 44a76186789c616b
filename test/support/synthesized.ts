import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { createPipeline } from '../../lib/pipeline.ts';
import { readContext } from '../../lib/synthesize.ts';
import type { PipelineConfig } from '../../config/schema.ts';
import type { EventCatalogue } from '../../lib/schemas/read-event-catalogue.ts';
import { aConfig } from './a-config.ts';

/** One resource as the template has it. */
export interface TemplateResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly Type: string;
  // A template is JSON of any shape; tests look into it by name.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly Properties: any;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
}

/** The templates of all stacks of a test's configuration. */
export interface Synthesized {
  readonly storage: Template;
  readonly dataLake: Template;
  readonly ingestion: Template;
  readonly api: Template;
  /** Every resource of every stack. */
  readonly resources: readonly TemplateResource[];
}

/** Synthesizes a configuration, with the project's event types or others. Takes about a second: call it once per file. */
export function synthesizeConfig(settings: Partial<PipelineConfig> = {}, events?: EventCatalogue): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), 'assembly-'));
  try {
    const app = new App({
      // No function is bundled: nothing runs here, and the assembly is thrown away.
      context: { ...readContext(), 'aws:cdk:bundling-stacks': [] },
      outdir,
      treeMetadata: false,
      builtinCloudFormationValidation: false,
    });
    const stacks = createPipeline(app, aConfig(settings), events);
    const templates = Object.entries(stacks).map(([name, stack]) => [name, Template.fromStack(stack)] as const);
    const resources = templates.flatMap(([stack, template]) =>
      Object.entries(template.toJSON().Resources as Record<string, Omit<TemplateResource, 'stack' | 'logicalId'>>).map(
        ([logicalId, resource]): TemplateResource => Object.assign({ stack, logicalId }, resource),
      ),
    );
    return { ...(Object.fromEntries(templates) as Omit<Synthesized, 'resources'>), resources };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Text that a template puts together, with the logical ids of what it refers to: `s3://${Lake5F1B88EA}/raw/`. */
export function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[kind, argument] = ['', undefined]] = Object.entries(value as Record<string, unknown>);
  if (kind === 'Fn::Join') return (argument as [string, unknown[]])[1].map(textOf).join('');
  if (kind === 'Fn::Sub') return String(argument);
  if (kind === 'Fn::GetAtt') return `\${${(argument as string[]).join('.')}}`;
  const exported = /:ExportsOutput(?:Ref|FnGetAtt)([A-Za-z]+?)[0-9A-F]{8}/.exec(String(argument))?.[1];
  return `\${${exported ?? String(argument)}}`;
}
