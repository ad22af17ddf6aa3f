import { describe, expect, it } from "vitest";
import { days_class, steps_open, type RightsDetail, type RightsRequest } from "./shapes";

const request: RightsRequest = {
  request_id: "1", case_id: "C1", name_masked: "张*", kind: "erase", received_by: "letter", identity: "original_id",
  received_on: "2026-11-20", due_on: "2026-12-11", days_left: 21, state: "open", outcome: "", taken_by: "compliance",
  taken_at: "2026-11-20T10:00:00+08:00", copy_until: null, ended_at: null,
};
const detail = (more: Partial<RightsRequest>, duties: RightsDetail["duties"] = []): RightsDetail => ({
  request: { ...request, ...more }, text: "", citation: "", table_version: "", rule_id: "", case_ids: ["C1"], duties, own_points: [], steps: [],
});

describe("what may be done with a request", () => {
  it("does not offer to erase what must be kept", () => {
    const kept = [{ customer_no: "C1", kind: "", why: "open", until: null, code: "", citation: "", certainty: "" }];
    expect(steps_open(detail({}, kept))).toEqual({ answer: true, grant: false, review: false, copy: false });
    expect(steps_open(detail({})).grant).toBe(true);
  });
  it("offers a copy once two people agreed, and after it was made", () => {
    expect(steps_open(detail({ kind: "access", state: "waiting" })).copy).toBe(false);
    expect(steps_open(detail({ kind: "access", state: "done", copy_until: "2026-11-27" })).copy).toBe(true);
  });
  it("marks what is late", () => {
    expect(days_class({ ...request, days_left: -1 })).toBe("chip bad");
    expect(days_class({ ...request, days_left: 2 })).toBe("chip warn");
    expect(days_class({ ...request, days_left: -9, ended_at: "2026-11-20T10:00:00+08:00" })).toBe("chip");
  });
});
