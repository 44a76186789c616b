import { setFlagsFromString } from 'node:v8';

// The SQL SDK is one large WebAssembly module. V8 would compile its hot functions a second time, optimized, which costs
// eight seconds of processor time over the first dozen queries and gains nothing a query would show afterwards.
setFlagsFromString('--liftoff-only');
