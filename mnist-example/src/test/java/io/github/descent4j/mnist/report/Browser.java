package io.github.descent4j.mnist.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A page in headless Chromium, through the DevTools protocol. */
final class Browser implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;
  private static final long PATIENCE_FOR_KILLED_SECONDS = 5;
  private static final String LISTENING = "DevTools listening on ";
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final Process process;
  private final WebSocket socket;
  private final BlockingQueue<JsonNode> incoming = new LinkedBlockingQueue<>();
  private final List<String> complaints = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();
  private int calls;

  private Browser(Process process, URI page) {
    this.process = process;
    socket = HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .buildAsync(page, new Reader())
        .join();
    call("Page.enable");
    call("Runtime.enable");
    call("Log.enable");
    call("Network.enable");
  }

  /** Chromium or Chrome, where one is installed. */
  private static Optional<Path> installed() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
            .map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * The browser that is installed. Where there is none a test is skipped; on a build server, which sets CI in the environment, it
   * fails.
   */
  static Path required() {
    Optional<Path> chromium = installed();
    if (chromium.isEmpty() && System.getenv("CI") != null) {
      throw new AssertionError(
          "CI is set and asks for Chromium, which is not on the path: .ci/run installs it");
    }
    Assumptions.assumeTrue(chromium.isPresent(), "neither Chromium nor Chrome is on the path");
    return chromium.get();
  }

  /** Starts a browser that keeps its files in {@code profile}. */
  static Browser start(Path chromium, Path profile) throws IOException, InterruptedException {
    Files.createDirectories(profile);
    ProcessBuilder command = new ProcessBuilder(
            chromium.toString(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--remote-debugging-port=0",
            "--user-data-dir=" + profile,
            "about:blank")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    command.environment().put("TMPDIR", profile.toString());
    Process process = command.start();
    URI browser = devTools(process.errorReader(UTF_8));
    URI newPage = URI.create("http://" + browser.getHost() + ":" + browser.getPort() + "/json/new");
    String page = HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(newPage)
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build(),
            BodyHandlers.ofString())
        .body();
    return new Browser(
        process, URI.create(MAPPER.readTree(page).get("webSocketDebuggerUrl").asText()));
  }

  private static URI devTools(BufferedReader errors) throws IOException {
    StringBuilder before = new StringBuilder();
    for (String line = errors.readLine(); line != null; line = errors.readLine()) {
      if (line.startsWith(LISTENING)) {
        Thread drain = new Thread(() -> errors.lines().forEach(ignored -> {}), "chromium");
        drain.setDaemon(true);
        drain.start();
        return URI.create(line.substring(LISTENING.length()));
      }
      before.append(line).append('\n');
    }
    throw new IOException("Chromium ended: " + before);
  }

  /** Shows a file on a screen of this width. */
  void show(Path file, int width, boolean dark) {
    complaints.clear();
    requests.clear();
    ObjectNode screen = MAPPER
        .createObjectNode()
        .put("width", width)
        .put("height", 844)
        .put("deviceScaleFactor", width < 600 ? 2 : 1)
        .put("mobile", width < 600);
    call("Emulation.setDeviceMetricsOverride", screen);
    call(
        "Emulation.setTouchEmulationEnabled",
        MAPPER.createObjectNode().put("enabled", width < 600));
    ObjectNode media = MAPPER.createObjectNode();
    media
        .putArray("features")
        .addObject()
        .put("name", "prefers-color-scheme")
        .put("value", dark ? "dark" : "light");
    call("Emulation.setEmulatedMedia", media);
    call("Page.navigate", MAPPER.createObjectNode().put("url", file.toUri().toString()));
    JsonNode event = next();
    while (!event.path("method").asText().equals("Page.loadEventFired")) {
      note(event);
      event = next();
    }
  }

  /** The value of a JavaScript expression on the page. */
  JsonNode evaluate(String expression) {
    JsonNode answer = call(
        "Runtime.evaluate",
        MAPPER
            .createObjectNode()
            .put("expression", expression)
            .put("returnByValue", true)
            .put("awaitPromise", true));
    if (answer.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  /** Errors, warnings and messages of the page since it was shown. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** What the page asked for since it was shown, itself and what it holds inside excepted. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  /** The whole page as a PNG file. */
  byte[] screenshot() {
    return Base64.getDecoder()
        .decode(call(
                "Page.captureScreenshot",
                MAPPER.createObjectNode().put("captureBeyondViewport", true))
            .get("data")
            .asText());
  }

  @Override
  public void close() {
    // The profile's folder is only deleted when nobody writes into it any more: a helper would
    // after its browser has ended.
    List<ProcessHandle> helpers = process.descendants().toList();
    socket.abort();
    process.destroy();
    process.onExit().orTimeout(PATIENCE_SECONDS, SECONDS).join();
    helpers.forEach(ProcessHandle::destroyForcibly);
    CompletableFuture.allOf(
            helpers.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
        // Where no process collects the dead, they seem to go on.
        .completeOnTimeout(null, PATIENCE_FOR_KILLED_SECONDS, SECONDS)
        .join();
  }

  private JsonNode call(String method) {
    return call(method, MAPPER.createObjectNode());
  }

  private JsonNode call(String method, ObjectNode parameters) {
    int id = ++calls;
    ObjectNode message = MAPPER.createObjectNode().put("id", id).put("method", method);
    message.set("params", parameters);
    socket.sendText(message.toString(), true).join();
    JsonNode answer = next();
    while (answer.path("id").asInt() != id) {
      note(answer);
      answer = next();
    }
    if (answer.has("error")) {
      throw new AssertionError(method + ": " + answer.get("error"));
    }
    return answer.get("result");
  }

  private void note(JsonNode event) {
    JsonNode parameters = event.path("params");
    switch (event.path("method").asText()) {
      case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded" ->
        complaints.add(parameters.toString());
      case "Network.requestWillBeSent" -> {
        String url = parameters.path("request").path("url").asText();
        if (!url.startsWith("data:") && !parameters.path("type").asText().equals("Document")) {
          requests.add(url);
        }
      }
      default -> {
        // Nothing that a test asks for.
      }
    }
  }

  private JsonNode next() {
    try {
      JsonNode message = incoming.poll(PATIENCE_SECONDS, SECONDS);
      if (message == null) {
        throw new AssertionError("Chromium is silent");
      }
      return message;
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /** Puts the parts of messages together. */
  private final class Reader implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      message.append(part);
      if (last) {
        try {
          incoming.add(MAPPER.readTree(message.toString()));
        } catch (IOException e) {
          throw new AssertionError(message.toString(), e);
        }
        message.setLength(0);
      }
      socket.request(1);
      return null;
    }
  }
}
