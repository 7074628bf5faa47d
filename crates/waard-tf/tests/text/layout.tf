# What stands here,
# in two lines.

# Why it is there.
# And more.
resource "aws_vpc" "main" {
  cidr_block         = "10.0.0.0/16"
  enable_dns_support = true

  tags = {
    Name                     = "a"
    "kubernetes.io/role/elb" = "1"
    "ü"                      = "2"
    "for"                    = "3"
  }

  lifecycle {
    prevent_destroy = true
    ignore_changes  = [tags]
  }
}

resource "aws_subnet" "a_rather_long_name_of_a_subnet_a" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.0.0/24"
  availability_zone = "a"
}

resource "aws_subnet" "a_rather_long_name_of_a_subnet_b" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.0.0/24"
  availability_zone = "b"
}

resource "aws_subnet" "a_rather_long_name_of_a_subnet_c" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.0.0/24"
  availability_zone = "c"
}

resource "aws_subnet" "a_rather_long_name_of_a_subnet_d" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.0.0/24"
  availability_zone = "d"
}

resource "aws_subnet" "a_rather_long_name_of_a_subnet_e" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.0.0/24"
  availability_zone = "e"
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.main.id
  service_name      = "s3"
  vpc_endpoint_type = "Gateway"

  subnet_ids = [
    aws_subnet.a_rather_long_name_of_a_subnet_a.id,
    aws_subnet.a_rather_long_name_of_a_subnet_b.id,
    aws_subnet.a_rather_long_name_of_a_subnet_c.id,
    aws_subnet.a_rather_long_name_of_a_subnet_d.id,
    aws_subnet.a_rather_long_name_of_a_subnet_e.id,
  ]

  private_dns_enabled = true

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["a:B", "c:D"]
        Resource = aws_vpc.main.id
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "1"
            a                   = "2"
          }
        }
        Empty = {}
        None  = []
      },
    ]
  })
}

data "aws_route_tables" "all" {
  vpc_id = aws_vpc.main.id

  filter {
    name   = "x"
    values = ["a", "b"]
  }

  filter {
    name   = "y"
    values = ["a", "b"]
  }
}

resource "aws_nat_gateway" "nat" {
  allocation_id = "eipalloc-1"
  subnet_id     = aws_subnet.a_rather_long_name_of_a_subnet_a.id
  depends_on    = [aws_vpc.main]

  lifecycle {
    create_before_destroy = true
  }
}
