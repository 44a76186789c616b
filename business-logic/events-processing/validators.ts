/** A mistake as Ajv tells it; what of it is read here. */
export interface SchemaError {
  readonly keyword: string;
  /** JSON pointer to the value. */
  readonly instancePath: string;
  readonly params: object;
  readonly message?: string | undefined;
}

/** A compiled JSON Schema: answers whether a value matches, and then holds every mistake of a value that does not. */
export interface Validate {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

/** `event-validators.mjs`, which synth compiles from all schemas and lays beside the bundle. */
export interface CompiledValidators {
  readonly envelope: Validate;
  /** By `$id`. */
  readonly eventData: Readonly<Record<string, Validate>>;
}
