import { expect, it } from 'vitest';
import { createLogger } from '../../../business-logic/shared/logger.ts';

function aLogger(env: Record<string, string> = {}) {
  const lines: (readonly [level: string, item: Record<string, unknown>])[] = [];
  const write = (level: string, line: string) => void lines.push([level, JSON.parse(line) as Record<string, unknown>]);
  return { lines, logger: createLogger('transform', write, env) };
}

it('writes one line of JSON a message, with its fields beside it', () => {
  const { lines, logger } = aLogger({ _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd86;Parent=53995c3f42cd8ad8;Sampled=1' });
  logger.info('batch transformed', { records: 3, undefined: undefined, big: 1n });
  expect(lines).toEqual([
    [
      'INFO',
      {
        level: 'INFO',
        message: 'batch transformed',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        service: 'transform',
        xray_trace_id: '1-5759e988-bd86',
        records: 3,
        big: '1',
      },
    ],
  ]);
});

it('tells of an error its name, its stack, what it bears and its cause', () => {
  const { lines, logger } = aLogger();
  const cause = Object.assign(new TypeError('no connection'), { code: 'ECONNRESET' });
  logger.error('request could not be answered', { error: new Error('not read', { cause }) });
  expect(lines[0]![1].error).toEqual({
    name: 'Error',
    message: 'not read',
    stack: expect.stringContaining('logger.test.ts'),
    cause: { name: 'TypeError', message: 'no connection', stack: expect.any(String), code: 'ECONNRESET' },
  });
});

it('leaves out what Lambda’s logging controls do not want to hear', () => {
  const { lines, logger } = aLogger({ AWS_LAMBDA_LOG_LEVEL: 'WARN' });
  logger.info('a');
  logger.warn('b');
  logger.error('c');
  expect(lines.map(([level]) => level)).toEqual(['WARN', 'ERROR']);
});
