import type { Figure } from '../figure.ts';

/** Every unit of a figure, and whether its values on one machine compare with those on another: what is relative does. */
export const units: Readonly<Record<Figure['unit'], { readonly compares: 'anywhere' | 'on one machine' }>> = {
  ratio: { compares: 'anywhere' },
  slope: { compares: 'anywhere' },
  'events/s': { compares: 'on one machine' },
  'rows/s': { compares: 'on one machine' },
  'calls/s': { compares: 'on one machine' },
  ms: { compares: 'on one machine' },
  s: { compares: 'on one machine' },
  KB: { compares: 'on one machine' },
  MB: { compares: 'on one machine' },
  'bytes/event': { compares: 'on one machine' },
};
