import { envelopeAjv } from './ajv.ts';
import { envelopeErrorsBy, envelopeSchema } from './envelope.ts';

/** Every mistake in an event's envelope, by its schema compiled here and now: for whoever has no bundle. */
export const envelopeErrors = envelopeErrorsBy(envelopeAjv().compile(envelopeSchema));
