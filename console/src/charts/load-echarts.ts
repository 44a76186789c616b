type Library = typeof import('./echarts.ts');

let loading: Promise<Library> | undefined;

/** Loads what draws charts, once; whoever asks after a failure has it tried again. */
export function loadECharts(): Promise<Library> {
  loading ??= import('./echarts.ts').catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}
