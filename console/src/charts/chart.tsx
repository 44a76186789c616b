import type { EChartsType } from 'echarts/core';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ReportChart } from '../data/report.ts';
import { useConsole } from '../session/console-context.ts';
import type { ChartData } from './chart-data.ts';
import { chartOption } from './chart-option.ts';
import { loadECharts } from './load-echarts.ts';
import { looks } from './palette.ts';

export interface ChartProps {
  /** What it shows, for those who do not see it; the table beside it has the figures. */
  readonly label: string;
  readonly chart: Pick<ReportChart, 'kind' | 'x' | 'y'>;
  readonly data: ChartData;
}

/** Draws bars or lines on a canvas. The library is loaded with the first chart. */
export function Chart({ label, chart, data }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const drawing = useRef<EChartsType | undefined>(undefined);
  const { theme, formats } = useConsole();
  const [isMissing, setMissing] = useState(false);

  useEffect(() => {
    let isGone = false;
    void (async () => {
      const library = await loadECharts().catch(() => undefined);
      if (isGone || !place.current) return;
      setMissing(!library);
      if (!library) return;
      const { echarts } = library;
      drawing.current ??= echarts.init(place.current, undefined, { renderer: 'canvas' });
      const isAnimated = !matchMedia('(prefers-reduced-motion: reduce)').matches;
      drawing.current.setOption(chartOption({ chart, data, look: looks[theme], formats, isAnimated }), {
        notMerge: true,
      });
    })();
    return () => {
      isGone = true;
    };
  }, [chart.kind, chart.x, chart.y, data, theme, formats]);

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const drawn = drawing.current;
      if (!drawn || !entry) return;
      const { width, height } = entry.contentRect;
      // An observer begins by telling the size that there is, and to be hidden is none.
      const isOther = Math.round(width) !== drawn.getWidth() || Math.round(height) !== drawn.getHeight();
      if (width > 0 && isOther) drawn.resize();
    });
    if (place.current) observer.observe(place.current);
    return () => {
      observer.disconnect();
      drawing.current?.dispose();
    };
  }, []);

  return (
    <>
      {isMissing && (
        <p class="about" role="status">
          What draws the chart could not be loaded. Reload the page, or read the figures.
        </p>
      )}
      <div class="chart" role="img" aria-label={label} hidden={isMissing} ref={place} />
    </>
  );
}
