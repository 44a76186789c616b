/** How charts look in one of both themes. */
export interface Look {
  readonly text: string;
  readonly faint: string;
  readonly grid: string;
  readonly surface: string;
  readonly series: readonly string[];
}

/**
 * After Okabe and Ito (Color Universal Design, 2008), whose colours those who see few of them tell apart, darkened or
 * lightened to three to one on their background (WCAG 2.2, 1.4.11). Lines differ by marks and dashes as well, bars by
 * patterns.
 */
export const looks: Readonly<Record<'light' | 'dark', Look>> = {
  light: {
    text: '#1b2733',
    faint: '#51606e',
    grid: '#d8dfe6',
    surface: '#ffffff',
    series: ['#0072b2', '#c25000', '#00805c', '#a83f7c', '#8a6d00', '#2b7fb8', '#555d66', '#7a3e9d'],
  },
  dark: {
    text: '#e8eef4',
    faint: '#a9b7c4',
    grid: '#33414e',
    surface: '#16202a',
    series: ['#56b4e9', '#f08a3c', '#2fc398', '#e39ac6', '#f0e442', '#8cc7ee', '#b5bec7', '#c39be0'],
  },
};

/** Most lines or groups of bars in one chart: beyond eight nobody tells them apart. */
export const mostSeries = 8;

export const marks = ['circle', 'rect', 'triangle', 'diamond', 'roundRect', 'pin', 'arrow', 'emptyCircle'] as const;
export const dashes = ['solid', [6, 3], [2, 3], [8, 3, 2, 3], 'solid', [6, 3], [2, 3], [8, 3, 2, 3]] as const;
