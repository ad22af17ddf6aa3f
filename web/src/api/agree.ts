// The types the pages use against those made from the routes (schema.ts): a field that the server
// renames, drops or makes nullable stops the type check here.
import type { components } from "./schema";
import type * as T from "./types";
import type * as Tables from "./tables";

type S = components["schemas"];
type Fits<Page, _Server extends Page> = true;

export type Agreed = [
  Fits<T.Session, S["Session"]>,
  Fits<T.MyDay, S["MyDay"]>,
  Fits<T.CaseList, S["CaseList"]>,
  Fits<T.CaseFile, S["CaseFile"]>,
  Fits<T.CaseDocuments, S["CaseDocuments"]>,
  Fits<T.TimelineItem, S["TimelineItem"]>,
  Fits<T.FiredRow, S["DecisionRow"]>,
  Fits<T.GateAnswer, S["Answer"]>,
  Fits<T.PermitAnswer, S["PermitOut"]>,
  Fits<T.TeamDay, S["TeamDay"]>,
  Fits<T.Dashboard, S["Dashboard"]>,
  Fits<T.ImportBatch, S["Batch"]>,
  Fits<T.Night, S["NightOut"]>,
  Fits<T.TableFile, S["TableLine"]>,
  Fits<T.TableModel, S["TableFile"]>,
  Fits<Tables.TableVersion, S["Version"]>,
  Fits<Tables.Draft, S["Draft"]>,
  Fits<Tables.Analysis, S["Analysis"]>,
  Fits<Tables.TriedCase, S["TriedCase"]>,
  Fits<Tables.Replay, S["Replay"]>,
  Fits<Tables.TableDiff, S["TableDiff"]>,
  Fits<T.UserRow, S["User"]>,
  Fits<T.SignInWays, S["SignInWays"]>,
  Fits<T.StaffFile, S["FileOut"]>,
  Fits<T.StaffExpiring, S["Expiring"]>,
  Fits<T.Left, S["Left"]>,
];
