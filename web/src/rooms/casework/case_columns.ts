import type { Column } from "@/kit/column";
import { t } from "@/words/words";

// The columns of a list of cases: a collector's own list leaves out who works it.
export function case_columns(own: boolean): Column[] {
  const columns: Column[] = [
    { key: "name", title: t("case.customer"), card: "head" },
    { key: "bucket", title: t("case.bucket"), card: "head" },
    { key: "dpd", title: t("case.dpd"), num: true },
    { key: "overdue", title: t("case.overdue_yuan"), num: true },
    { key: "balance", title: t("case.balance_yuan"), num: true },
    { key: "grade", title: t("case.grade") },
    { key: "treatment", title: t("case.treatment"), card: "wide" },
    { key: "state", title: t("case.marks") },
    { key: "left", title: t("case.left_today"), num: true },
  ];
  if (!own) columns.push({ key: "collector", title: t("case.collector") });
  columns.push({ key: "contact", title: t("case.last_contact"), num: true });
  return columns;
}
