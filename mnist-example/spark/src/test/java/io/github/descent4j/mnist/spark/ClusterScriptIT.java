package io.github.descent4j.mnist.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A real master trains MNIST with two workers, fewer than there are shards, to the bits of one JVM. */
@EnabledOnOs(OS.LINUX) // The script is for bash.
class ClusterScriptIT {
  private static final Path SCRIPT = Path.of("cluster.sh").toAbsolutePath();

  private static final int REST_PORT = 6066;

  @TempDir
  Path folder;

  @Test
  void hasTheBitsOfOneJvm() throws Exception {
    List<String> local = run("local[1]");
    assertThat(local.get(2)).contains(" on local[1], 4 shards, ");
    assertThat(local.get(5)).startsWith("weights    sha256 ");
    try (ServerSocket other = new ServerSocket()) {
      takeRestPort(other);
      List<String> cluster = run("");
      assertThat(cluster.get(2)).contains(" on spark://127.0.0.1:", ", 4 shards, ");
      // Accuracy, and the hash of the weights.
      assertThat(cluster.subList(4, 6)).isEqualTo(local.subList(4, 6));
    }
  }

  /** As another cluster of this machine would: of all ports, a master has this one by default, however many there are. */
  private static void takeRestPort(ServerSocket socket) throws IOException {
    try {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), REST_PORT));
    } catch (BindException e) {
      // It is taken already.
    }
  }

  /** Where there is no master, with one of its own and two workers. */
  private List<String> run(String master) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", SCRIPT.toString()));
    command.addAll(List.of("--epochs", "1", "--shards", "4", "--batch-size", "2000"));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    // Of six JVMs that end after seconds; Spark itself is most of what C2 would compile.
    builder.environment().put("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
    builder.environment().put("MASTER", master);
    builder.environment().remove("WORKERS");
    assertThat(exitStatus(builder)).as("%s", Files.readString(err)).isZero();
    List<String> lines = Files.readAllLines(out);
    assertThat(lines).hasSize(6);
    return lines;
  }

  @Test
  void refusesANumberOfWorkersThatIsNone() throws Exception {
    for (String workers : List.of("0", "-1", "two", "1.5", "01", "100")) {
      assertRefused(
          SCRIPT, workers, 2, "WORKERS is '" + workers + "', expected a number from 1 to 99");
    }
  }

  /** In a folder without any, and in one with those that are no program. */
  @Test
  void namesWhatIsMissingWhereThereIsNoJar() throws Exception {
    Path script = Files.copy(SCRIPT, folder.resolve("cluster.sh"));
    Path target = folder.toRealPath().resolve("target");
    String expected = target + " has no jar, expected one: mvn -DskipTests package";
    assertRefused(script, "2", 1, expected);
    Files.createDirectory(target);
    Files.createFile(target.resolve("class-path"));
    Files.createFile(target.resolve("mnist-spark-1.0-javadoc.jar"));
    Files.createFile(target.resolve("mnist-spark-1.0-sources.jar"));
    assertRefused(script, "2", 1, expected);
  }

  private void assertRefused(Path script, String workers, int status, String message)
      throws IOException, InterruptedException {
    Path err = folder.resolve("err");
    ProcessBuilder builder = new ProcessBuilder("bash", script.toString())
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(err.toFile());
    builder.environment().put("WORKERS", workers);
    assertThat(exitStatus(builder)).isEqualTo(status);
    assertThat(Files.readString(err)).isEqualTo(message + System.lineSeparator());
  }

  private static int exitStatus(ProcessBuilder builder) throws IOException, InterruptedException {
    Process process = builder.start();
    try {
      assertThat(process.waitFor(4, TimeUnit.MINUTES)).as("it ends").isTrue();
    } finally {
      // Of a script that has ended there are none.
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return process.exitValue();
  }
}
