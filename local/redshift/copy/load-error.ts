import { WarehouseError } from '../engine.ts';
import type { CopyFile } from './copy-files.ts';

/** A file that cannot be loaded, as Redshift tells it and notes it in `sys_load_error_detail`. */
export class LoadError extends WarehouseError {
  readonly file: CopyFile;
  readonly reason: string;
  readonly column: { readonly name: string; readonly type: string; readonly length: string } | undefined;
  readonly errorCode: number;

  constructor(
    file: CopyFile,
    reason: string,
    { column, errorCode = 15_001 }: { readonly column?: LoadError['column']; readonly errorCode?: number } = {},
  ) {
    const context = `File '${httpsAddress(file)}' ${reason}`;
    super('Spectrum Scan Error', {
      code: 'XX000',
      detail: [
        '',
        '-----------------------------------------------',
        '  error:  Spectrum Scan Error',
        `  code:      ${errorCode}`,
        `  context:   ${context}`,
        '-----------------------------------------------',
      ].join('\n'),
    });
    this.file = file;
    this.reason = context;
    this.column = column;
    this.errorCode = errorCode;
  }
}

export function s3Address({ bucket, key }: CopyFile): string {
  return `s3://${bucket}/${key}`;
}

function httpsAddress({ bucket, key }: CopyFile): string {
  return `https://s3.us-east-1.amazonaws.com/${bucket}/${key}`;
}
