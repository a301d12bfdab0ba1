package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.report.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into {@code version.properties}. */
public final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"mnist-example " + number()};
  }

  /** What this process runs in. */
  public static Environment environment() {
    return Environment.current(number());
  }

  private static String number() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("resource version.properties", e);
    }
    return properties.getProperty("version");
  }
}
