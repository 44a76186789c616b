import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readContext } from '../../lib/synthesize.ts';

interface Report {
  readonly pluginReports: readonly { readonly violations: readonly { readonly ruleName: string }[] }[];
}

export interface BrokenRulesOptions {
  /** Whether CloudFormation's own check runs as well. It loads a large WebAssembly module once. */
  readonly validate?: boolean;
}

/**
 * Names of the rules that an app breaks without saying why: AWS's security rules, and CloudFormation's own check.
 * @param fill makes the app's stacks
 */
export function brokenRules(fill: (app: App) => void, { validate = true }: BrokenRulesOptions = {}): readonly string[] {
  const outdir = mkdtempSync(join(tmpdir(), 'checks-'));
  try {
    // No rule looks into functions, which would take seconds to bundle.
    const context = { ...readContext(), 'aws:cdk:bundling-stacks': [] };
    const app = new App({ context, outdir, analyticsReporting: false, builtinCloudFormationValidation: validate });
    fill(app);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    try {
      app.synth();
    } catch (error) {
      if (!String(error).includes('ValidationFailed')) throw error;
    }
    const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as Report;
    return report.pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
