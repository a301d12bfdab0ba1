package io.github.descent4j.mnist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line without training. */
class MainTest {

  @ParameterizedTest
  @ValueSource(strings = {"--help", "train --help", "train -h"})
  void helpFitsATerminal(String args) {
    CommandLineRun run = CommandLineRun.of(args.split(" "));
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.outLines()).first().asString().startsWith("Usage: mnist-example ");
    assertThat(run.outLines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--data", "--model", "--optimizer", "--learning-rate", "--schedule", "--warmup",
            "--clip-norm", "--weight-decay",
        "--weight-decay-mode", "--label-smoothing", "--dropout", "--batch-size", "--epochs",
            "--seed", "--help", "--version"
      })
  void helpOfTrainNamesEachOption(String option) {
    assertThat(CommandLineRun.of("train", "--help").out())
        .containsPattern("\\s" + option + "[=\\s]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "train --version", "train -V"})
  void versionIsTheBuilds(String args) throws IOException {
    Matcher version =
        Pattern.compile("<version>(.*?)</version>").matcher(Files.readString(Path.of("pom.xml")));
    assertThat(version.find()).isTrue();
    CommandLineRun run = CommandLineRun.of(args.split(" "));
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().strip()).isEqualTo("mnist-example " + version.group(1));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          --bogus                      | Unknown option: '--bogus'
          extra                        | Unmatched argument at index 1: 'extra'
          --epochs                     | Missing required parameter for option '--epochs' (N)
          --epochs many                | Invalid value for option '--epochs': 'many' is not an int
          --epochs 1.5                 | Invalid value for option '--epochs': '1.5' is not an int
          --epochs 0                   | --epochs is 0, expected at least 1
          --epochs 1 --epochs 2        | option '--epochs' (N) should be specified only once
          --batch-size 0               | --batch-size is 0, expected at least 1
          --batch-size -5              | --batch-size is -5, expected at least 1
          --seed x                     | Invalid value for option '--seed': 'x' is not a long
          --model vgg                  | Invalid value for option '--model': expected cnn, convnet or mlp but was 'vgg'
          --optimizer tiger            | Invalid value for option '--optimizer': expected adabelief, adadelta, \
          adafactor, adagrad, adam, adamax, adamw, adan, amsgrad, asgd, dadaptadam, dadaptsgd, ftrl, lamb, lars, \
          lbfgs, lion, lookahead, momentum, muon, nadam, nesterov, novograd, prodigy, qhadam, qhm, radam, rmsprop, rprop, \
          sam, schedulefree-adamw, schedulefree-sgd, sgd, \
          signsgd, signum or yogi but was 'tiger'
          --optimizer admaw            | Invalid value for option '--optimizer': expected adamw but was 'admaw'
          --model cnm                  | Invalid value for option '--model': expected cnn but was 'cnm'
          --optimizer ftrl --weight-decay 0.1 | --weight-decay-mode is decoupled, expected coupled for --optimizer ftrl
          --set beta2=0.99,beta3=1     | --set: hyperparameter is 'beta3', expected beta1 or beta2 of RAdam
          --optimizer adam --set bata1=0.5 | --set: hyperparameter is 'bata1', expected beta1 of Adam
          --set beta2                  | --set: hyperparameter is 'beta2', expected a name and a value, as beta2=0.99
          --set beta1=0 --set beta1=0  | --set: beta1 is there twice, expected each name once
          --set beta1=high             | --set: beta1 is 'high', expected a number
          --set beta1=1                | --set: beta1 is 1.0, expected a number in [0, 1)
          --set belowThreshold=stop    | --set: belowThreshold is 'stop', expected one of MOMENTUM_STEP, NO_STEP
          --optimizer muon --set newtonSchulzSteps=2.5 | --set: newtonSchulzSteps is '2.5', expected a whole number
          --optimizer rmsprop --set centered=yes | --set: centered is 'yes', expected true or false
          --optimizer sgd --set momentum=0.9 | --set: hyperparameter is 'momentum', expected none, Sgd has no \
          hyperparameters of its own
          --set learningRate=1         | --set: hyperparameter is 'learningRate', expected --learning-rate for it
          --optimizer lbfgs --set m=5  | --set is [m=5], expected none with --optimizer lbfgs, which is no update rule with \
          hyperparameters of that kind
          --schedule round             | Invalid value for option '--schedule': expected constant, cosine, exponential, \
          linear, polynomial, restarts or step but was 'round'
          --weight-decay-mode both     | Invalid value for option '--weight-decay-mode': expected coupled or decoupled \
          but was 'both'
          --optimizer adamw --weight-decay-mode coupled | --weight-decay-mode is coupled, expected decoupled for \
          --optimizer adamw
          --learning-rate x            | Invalid value for option '--learning-rate': 'x' is not a double
          --learning-rate 0            | --learning-rate is 0.0, expected a finite number above 0
          --learning-rate -0.1         | --learning-rate is -0.1, expected a finite number above 0
          --learning-rate NaN          | --learning-rate is NaN, expected a finite number above 0
          --learning-rate Infinity     | --learning-rate is Infinity, expected a finite number above 0
          --warmup -1                  | --warmup is -1, expected at least 0
          --warmup 2345                | --warmup is 2345, expected fewer than the 2345 steps of this run
          --clip-norm 0                | --clip-norm is 0.0, expected a finite number above 0
          --clip-norm NaN              | --clip-norm is NaN, expected a finite number above 0
          --weight-decay -1            | --weight-decay is -1.0, expected a finite number of at least 0
          --weight-decay Infinity      | --weight-decay is Infinity, expected a finite number of at least 0
          --label-smoothing 1          | --label-smoothing is 1.0, expected a value in [0, 1)
          --label-smoothing NaN        | --label-smoothing is NaN, expected a value in [0, 1)
          --dropout 1                  | --dropout is 1.0, expected a value in [0, 1)
          --dropout -0.5               | --dropout is -0.5, expected a value in [0, 1)
          --l1 -1                      | --l1 is -1.0, expected a finite number of at least 0
          --l2 Infinity                | --l2 is Infinity, expected a finite number of at least 0
          --early-stopping 0           | --early-stopping is 0, expected at least 1
          --validation 100             | --validation is 100, expected --early-stopping with it
          --early-stopping 1 --validation 0 | --validation is 0, expected at least 1
          --early-stopping 1 --validation 60000 | --validation is 60000, expected fewer than the 60000 training images
          --augment-shift NaN          | --augment-shift is NaN, expected a finite number of at least 0
          --augment-rotation 181       | --augment-rotation is 181.0, expected a value in [0, 180]
          --augment-scale 1            | --augment-scale is 1.0, expected a value in [0, 1)
          --augment-elastic -1         | --augment-elastic is -1.0, expected a finite number of at least 0
          """)
  void wrongUsageOfTrain(String args, String message) {
    CommandLineRun run = CommandLineRun.of(("train " + args).split(" "));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.errLines())
        .containsExactly("error: " + message, "Usage: mnist-example train [OPTIONS]");
  }

  @Test
  void wrongUsageOfTheTopCommand() {
    CommandLineRun run = CommandLineRun.of();
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.errLines())
        .startsWith("error: expected a command", "", "Usage: mnist-example [-hV] COMMAND");
    assertThat(run.err()).contains("Commands:", "  train  ", "  generate-completion  ");
    assertThat(CommandLineRun.of("fly").exitCode()).isEqualTo(2);
  }

  private static String outOfMemory(OutOfMemoryError error) {
    StringWriter written = new StringWriter();
    Main.outOfMemory(error, new PrintWriter(written));
    return written.toString().strip();
  }

  /** There may be no memory for the reason, either. */
  @Test
  void outOfMemoryIsOneLineWithOrWithoutItsReason() {
    assertThat(outOfMemory(new OutOfMemoryError("Java heap space")))
        .isEqualTo(
            "error: out of memory (Java heap space), expected a larger heap, as by java -Xmx4g");
    OutOfMemoryError without = new OutOfMemoryError() {
      private static final long serialVersionUID = 1;

      @Override
      public String getMessage() {
        throw new OutOfMemoryError();
      }
    };
    assertThat(outOfMemory(without))
        .isEqualTo("error: out of memory, expected a larger heap, as by java -Xmx4g");
  }

  @Test
  void aMisspeltOptionIsPutRight() {
    assertThat(CommandLineRun.of("train", "--lerning-rate=0.1").err())
        .contains("Unknown option: '--lerning-rate=0.1'", "--learning-rate");
  }
}
