// A classic script in <head>: it runs before the first paint, so that a chosen theme doesn't flash the other one.
{
  const chosen = localStorage.getItem("hotseat.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
}
