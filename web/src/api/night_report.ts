// Of the night's report: what it says from format 3 on.
export interface NightAnomaly {
  figure: string;
  of: string;
  title: string;
  value: number;
  usual_low: number;
  usual_high: number;
  median: number;
  nights: number;
}
export interface NightReport {
  allocation?: {
    cases: number;
    had: number;
    kept: number;
    kept_rate_bps: number;
    teams: { team: string; collectors: number; cases: number; cases_min: number; cases_median: number; cases_max: number }[];
  };
  anomalies?: { nights: number; figures: number; items: NightAnomaly[] };
}
