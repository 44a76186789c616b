// First, since the SDK compiles its WebAssembly while it is loaded.
import './wasm-compiler.ts';

export { Dialect, generate, parse, transpile } from '@polyglot-sql/sdk';
