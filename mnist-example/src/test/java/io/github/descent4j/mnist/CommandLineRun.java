package io.github.descent4j.mnist;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** What the command printed and returned. */
record CommandLineRun(int exitCode, String out, String err) {

  /** Runs the command in this JVM. */
  static CommandLineRun of(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    return new CommandLineRun(exitCode, out.toString(), err.toString());
  }

  List<String> outLines() {
    return out.lines().toList();
  }

  List<String> errLines() {
    return err.lines().toList();
  }

  String lastLine() {
    return outLines().get(outLines().size() - 1);
  }

  /** Correct test images, from the last line. */
  int correct() {
    return Integer.parseInt(lastLine().replaceFirst(".*\\((\\d+)/\\d+\\)", "$1"));
  }
}
