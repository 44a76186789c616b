import type { Format } from './format.ts';

/**
 * One Parquet file, Snappy, every column optional. Decimals are text, which keeps all their digits. What writes it is
 * loaded when somebody asks for it: it is larger than all the rest of the function.
 */
export const parquet: Format = {
  mediaType: 'application/vnd.apache.parquet',
  async write(presentation) {
    const { writeParquet } = await import('./write-parquet.ts');
    return await writeParquet(presentation);
  },
};
