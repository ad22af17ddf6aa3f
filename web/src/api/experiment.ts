// What the server says of experiments and offers, as the routes declare it.
import type { components } from "./schema";

type S = components["schemas"];
export type ExperimentList = S["ExperimentList"];
export type ExperimentFile = S["ExperimentFile"];
export type ExperimentRequest = S["Request"];
export type DayLine = S["ExperimentDayLine"];
export type CaseOffers = S["CaseOffers"];
export type Offer = S["Offer"];
