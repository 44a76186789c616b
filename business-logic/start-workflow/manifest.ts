import * as z from 'zod';

/** What the events job has taken, as far as it tells whether there is more to take. The job writes it last in a run. */
export const manifestSchema = z.object({
  version: z.literal(1),
  /** Day (UTC): every raw object of earlier days has been taken. */
  taken_before: z.iso.date(),
  /** Keys of the raw objects of that day and later ones that have been taken. */
  objects: z.array(z.string()),
  /** Raw objects that an operator had left out. */
  skipped: z.array(z.object({ object: z.string() })),
  /** Partitions in several files, which a run makes one of when their day is over. */
  growing: z.array(z.object({ event_date: z.iso.date() })),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** @throws Error when the text is no manifest of this version */
export function parseManifest(text: string): Manifest {
  return manifestSchema.parse(JSON.parse(text));
}
