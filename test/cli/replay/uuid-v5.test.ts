import { expect, it } from 'vitest';
import { replayNamespace, uuidV5 } from '../../../cli/replay/uuid-v5.ts';

it('makes a UUID of version 5 as RFC 9562 does', () => {
  expect(uuidV5('www.example.com', '6ba7b810-9dad-11d1-80b4-00c04fd430c8')).toBe(
    '2ed6657d-e927-568b-95e1-2665a8aea6a2',
  );
});

it('keeps its namespace: another one would let what was replayed come in again', () => {
  expect(replayNamespace).toBe('5d1ec2f6-7d0e-4e0b-9c64-2b7f5f0a3c91');
});
