// Whether the window is phone-wide: tables then become cards. One listener for the whole app.
import { ref, type Ref } from "vue";

const query = window.matchMedia("(max-width: 760px)");
const state = ref(query.matches);
query.addEventListener("change", (event) => (state.value = event.matches));

export const narrow: Readonly<Ref<boolean>> = state;
