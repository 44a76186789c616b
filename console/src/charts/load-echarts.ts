/** Loads what draws charts; the browser loads it once. */
export const loadECharts = () => import('./echarts.ts');
