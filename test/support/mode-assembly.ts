import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineConfig } from '../../config/schema.ts';
import { synthesize } from '../../lib/synthesize.ts';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * The assembly of config/dev.yaml with some of its lines edited, as somebody would who switches a mode. Takes seconds.
 * @throws Error for a setting that has no line of its own there
 */
export async function modeAssembly(settings: Partial<PipelineConfig>): Promise<string> {
  const folder = await temporaryFolder('mode');
  const edited = Object.entries(settings).reduce(
    (text, [name, value]) => {
      const line = new RegExp(`^${name}: .*$`, 'm');
      if (!line.test(text)) throw new Error(`config/dev.yaml has no line for ${name}`);
      return text.replace(line, `${name}: ${JSON.stringify(value)}`);
    },
    readFileSync('config/dev.yaml', 'utf8'),
  );
  const configPath = join(folder, 'config.yaml');
  writeFileSync(configPath, edited);
  const outdir = join(folder, 'cdk.out');
  await synthesize({ configPath, outdir });
  return outdir;
}
