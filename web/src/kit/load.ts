// One way to fetch for a page: data, a plain error, and only the newest answer counts.
import { ref, shallowRef, type Ref, type ShallowRef } from "vue";
import { ApiError } from "@/api/client";

export interface Loaded<T> {
  data: ShallowRef<T | undefined>;
  error: ShallowRef<ApiError | undefined>;
  loading: Ref<boolean>;
  reload: () => Promise<void>;
}

export function as_api_error(problem: unknown): ApiError {
  if (problem instanceof ApiError) return problem;
  return new ApiError(0, "page", problem instanceof Error ? problem.message : String(problem));
}

export function use_load<T>(fetch_it: () => Promise<T>, at_once = true): Loaded<T> {
  const data = shallowRef<T>();
  const error = shallowRef<ApiError>();
  const loading = ref(false);
  let turn = 0;
  const reload = async (): Promise<void> => {
    const mine = ++turn;
    loading.value = true;
    try {
      const answer = await fetch_it();
      if (mine !== turn) return;
      data.value = answer;
      error.value = undefined;
    } catch (problem) {
      if (mine === turn) error.value = as_api_error(problem);
    } finally {
      if (mine === turn) loading.value = false;
    }
  };
  if (at_once) void reload();
  return { data, error, loading, reload };
}
