import { defineConfig } from 'vitest/config';

// dt-sql-parser ships ESM that only a bundler resolves; vitest has to transform it itself.
const inline = ['dt-sql-parser', 'antlr4-c3', 'antlr4ng'];

/** Three projects: `unit` is fast and starts nothing; `pipeline` starts the local runtime; `docs` reads the documentation. */
export default defineConfig({
  test: {
    server: { deps: { inline } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/pipeline/**', 'test/engines/**', 'test/docs/**'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'pipeline',
          include: ['test/pipeline/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      { extends: true, test: { name: 'docs', include: ['test/docs/**/*.test.ts'] } },
    ],
  },
});
