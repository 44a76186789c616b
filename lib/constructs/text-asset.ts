import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';

/** A file asset of text that is made at synthesis. The same text is the same asset. */
export function textAsset(scope: Construct, id: string, name: string, text: string): Asset {
  const folder = mkdtempSync(join(tmpdir(), 'playlake-asset-'));
  try {
    const path = join(folder, name);
    writeFileSync(path, text);
    // The asset is copied into the assembly when it is made.
    return new Asset(scope, id, { path });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
