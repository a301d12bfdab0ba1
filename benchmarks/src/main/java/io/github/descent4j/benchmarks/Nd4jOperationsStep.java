package io.github.descent4j.benchmarks;

import static org.nd4j.linalg.ops.transforms.Transforms.abs;
import static org.nd4j.linalg.ops.transforms.Transforms.max;
import static org.nd4j.linalg.ops.transforms.Transforms.min;
import static org.nd4j.linalg.ops.transforms.Transforms.sign;
import static org.nd4j.linalg.ops.transforms.Transforms.sqrt;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** One step written by hand in ND4J's array operations, in place where they can be. */
public class Nd4jOperationsStep extends StepBenchmark {
  @Param({
    "Sgd",
    "Momentum",
    "Nesterov",
    "AdaGrad",
    "RmsProp",
    "AdaDelta",
    "Adam",
    "AdamW",
    "AmsGrad",
    "Yogi",
    "RAdam",
    "NAdam",
    "AdaMax",
    "SignSgd",
    "Signum",
    "Qhm",
    "QhAdam",
    "AdaBelief",
    "Lion",
    "Asgd",
    "Rprop",
    "Ftrl"
  })
  public String optimizer;

  private final List<INDArray[]> slots = new ArrayList<>();
  private Model model;
  private Formula formula;
  private int t;
  private double product = 1;

  @Setup
  public void setUp() {
    formula = Formula.of(optimizer);
    model = new Model(size);
    for (INDArray value : model.values()) {
      INDArray first = Nd4j.zerosLike(value);
      INDArray second = Nd4j.zerosLike(value);
      if (formula == Formula.YOGI) {
        second.assign(1e-6);
      }
      if (formula == Formula.RPROP) {
        second.assign(0.01);
      }
      slots.add(new INDArray[] {first, second, Nd4j.zerosLike(value), Nd4j.zerosLike(value)});
    }
    model.validate("a step in ND4J operations", formula, this::step);
    warmUpOnce(this::step);
  }

  @Benchmark
  public void step() {
    t++;
    product *= mu(t);
    for (int i = 0; i < slots.size(); i++) {
      INDArray[] slot = slots.get(i);
      update(model.values().get(i), model.gradients().get(i), slot[0], slot[1], slot[2], slot[3]);
    }
  }

  /** Updates a parameter p from its gradient g: m is the first slot, v the second, vMax the third, previous the last. */
  private void update(
      INDArray p, INDArray g, INDArray m, INDArray v, INDArray vMax, INDArray previous) {
    double correction1 = 1 - Math.pow(0.9, t);
    double correction2 = 1 - Math.pow(0.999, t);
    switch (formula) {
      case SGD -> p.subi(g.mul(0.01));
      case MOMENTUM -> p.subi(m.muli(0.9).addi(g).mul(0.01));
      case NESTEROV -> p.subi(m.muli(0.9).addi(g).mul(0.9).addi(g).muli(0.01));
      case ADAGRAD -> {
        m.addi(g.mul(g));
        p.subi(g.mul(0.01).divi(sqrt(m.add(1e-7), false)));
      }
      case RMSPROP -> {
        m.muli(0.9).addi(g.mul(g).muli(0.1));
        p.subi(g.mul(1e-3).divi(sqrt(m.add(1e-8), false)));
      }
      case ADADELTA -> {
        m.muli(0.9).addi(g.mul(g).muli(0.1));
        INDArray d = sqrt(v.add(1e-6).divi(m.add(1e-6)), false).muli(g);
        p.subi(d);
        v.muli(0.9).addi(d.mul(d).muli(0.1));
      }
      case ADAM, ADAMW -> {
        if (formula == Formula.ADAMW) {
          p.muli(1 - 1e-3 * 0.01);
        }
        m.muli(0.9).addi(g.mul(0.1));
        v.muli(0.999).addi(g.mul(g).muli(0.001));
        INDArray root = sqrt(v.div(correction2), false).addi(1e-8);
        p.subi(m.mul(1e-3 / correction1).divi(root));
      }
      case AMSGRAD -> {
        m.muli(0.9).addi(g.mul(0.1));
        v.muli(0.9).addi(g.mul(g).muli(0.1));
        max(vMax, v, false);
        INDArray root = sqrt(vMax.div(correction1), false).addi(1e-8);
        p.subi(m.mul(1e-3 / correction1).divi(root));
      }
      case YOGI -> {
        m.muli(0.9).addi(g.mul(0.1));
        INDArray square = g.mul(g);
        v.subi(sign(v.sub(square), false).muli(square).muli(0.001));
        INDArray root = sqrt(v.div(correction2), false).addi(1e-3);
        p.subi(m.mul(0.01 / correction1).divi(root));
      }
      case RADAM -> {
        m.muli(0.9).addi(g.mul(0.1));
        v.muli(0.999).addi(g.mul(g).muli(0.001));
        double rhoInf = 2 / (1 - 0.999) - 1;
        double rho = rhoInf - 2 * t * (1 - correction2) / correction2;
        INDArray update = m.mul(1e-3 / correction1);
        if (rho > 5) {
          double r = (rho - 4) * (rho - 2) * rhoInf / ((rhoInf - 4) * (rhoInf - 2) * rho);
          update.muli(Math.sqrt(r * correction2)).divi(sqrt(v).addi(1e-8));
        }
        p.subi(update);
      }
      case NADAM -> {
        m.muli(0.9).addi(g.mul(0.1));
        v.muli(0.999).addi(g.mul(g).muli(0.001));
        INDArray root = sqrt(v.div(correction2), false).addi(1e-8);
        INDArray update = g.mul(2e-3 * (1 - mu(t)) / (1 - product));
        double next = mu(t + 1);
        p.subi(update.addi(m.mul(2e-3 * next / (1 - product * next))).divi(root));
      }
      case ADAMAX -> {
        m.muli(0.9).addi(g.mul(0.1));
        max(v.muli(0.999), abs(g), false);
        p.subi(m.mul(2e-3 / correction1).divi(v.add(1e-8)));
      }
      case SIGN_SGD -> p.subi(sign(g, true).muli(0.01));
      case SIGNUM -> p.subi(sign(m.muli(0.9).addi(g.mul(0.1)), true).muli(0.01));
      case QHM -> {
        m.muli(0.999).addi(g.mul(0.001));
        p.subi(g.mul(0.3).addi(m.mul(0.7)));
      }
      case QHADAM -> {
        m.muli(0.995).addi(g.mul(0.005));
        v.muli(0.999).addi(g.mul(g).muli(0.001));
        INDArray mean = g.mul(0.3).addi(m.mul(0.7 / (1 - Math.pow(0.995, t))));
        p.subi(mean.muli(1e-3).divi(sqrt(v.div(correction2), false).addi(1e-8)));
      }
      case ADABELIEF -> {
        m.muli(0.9).addi(g.mul(0.1));
        INDArray surprise = g.sub(m);
        v.muli(0.999).addi(surprise.mul(surprise).muli(0.001)).addi(1e-8);
        INDArray root = sqrt(v.div(correction2), false).addi(1e-8);
        p.subi(m.mul(1e-3 / correction1).divi(root));
      }
      case ADAN -> {
        INDArray difference = g.sub(t == 1 ? g : previous);
        previous.assign(g);
        m.muli(0.98).addi(g.mul(0.02));
        v.muli(0.92).addi(difference.mul(0.08));
        INDArray ahead = difference.muli(0.92).addi(g);
        vMax.muli(0.99).addi(ahead.muli(ahead).muli(0.01));
        INDArray step = m.mul(1e-3 / (1 - Math.pow(0.98, t)))
            .addi(v.mul(1e-3 * 0.92 / (1 - Math.pow(0.92, t))));
        p.subi(step.divi(sqrt(vMax.div(1 - Math.pow(0.99, t)), false).addi(1e-8)));
      }
      case LION -> {
        p.subi(sign(m.mul(0.9).addi(g.mul(0.1)), false).muli(1e-4));
        m.muli(0.99).addi(g.mul(0.01));
      }
      case ASGD -> {
        double eta = 0.01 / Math.pow(1 + 1e-6 * (t - 1), 0.75);
        p.muli(1 - 1e-4 * eta).subi(g.mul(eta));
        m.assign(p);
      }
      case RPROP -> {
        INDArray sign = sign(g, true);
        INDArray change = sign.mul(m);
        // 1.2, 1 or 0.5.
        v.muli(change.mul(0.35).addi(change.mul(change).muli(-0.15)).addi(1));
        min(max(v, 1e-6, false), 50, false);
        m.assign(sign.muli(min(change, 0, false).addi(1)));
        p.subi(v.mul(m));
      }
      case FTRL -> {
        if (t == 1) {
          m.assign(p.neg());
        }
        INDArray before = sqrt(v, true);
        v.addi(g.mul(g));
        INDArray root = sqrt(v, true);
        m.addi(g.mul(0.1)).subi(root.sub(before).muli(p));
        p.assign(m.div(root.addi(1)).negi());
      }
    }
  }

  /** The momentum's factor in NAdam. */
  private static double mu(int t) {
    return 0.9 * (1 - 0.5 * Math.pow(0.96, 0.004 * t));
  }

  @TearDown
  public void tearDown() {
    model.close();
    for (INDArray[] slot : slots) {
      for (INDArray array : slot) {
        array.close();
      }
    }
  }
}
