package io.github.descent4j.mnist;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** What the command printed and returned. */
public record CommandLineRun(int exitCode, String out, String err) {

  /** Runs the command in this JVM. */
  public static CommandLineRun of(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    return new CommandLineRun(exitCode, out.toString(), err.toString());
  }

  public List<String> outLines() {
    return out.lines().toList();
  }

  public List<String> errLines() {
    return err.lines().toList();
  }

  public String lastLine() {
    return outLines().get(outLines().size() - 1);
  }

  /** Correct test images, from the last line. */
  public int correct() {
    return Integer.parseInt(lastLine().replaceFirst(".*\\((\\d+)/\\d+\\)", "$1"));
  }
}
